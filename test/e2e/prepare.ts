import { DEBIAN, install, installFromDebian } from './install';

// Apart from the tests, so that it may take its time and show what it does.
installFromDebian(DEBIAN);
install();
