// Where another n8n has its logger.
const path = require('node:path');

const engine = path.join(process.env.COMPAT_ENGINE ?? '', 'node_modules');

function logger() {
	try {
		return require(path.join(engine, '@n8n/backend-common')).Logger;
	} catch {
		return require(path.join(engine, 'n8n-core')).Logger;
	}
}

module.exports = { Logger: logger() };
