import path from 'node:path';

import { refuseStaleBuild } from '../../scripts/builtFrom';

// Imported first, so that a test file with a stale build ends before n8n's engine is loaded.
refuseStaleBuild(path.resolve(__dirname, '../..'));
