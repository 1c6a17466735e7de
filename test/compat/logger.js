// Where another n8n has its logger: older ones in n8n-core.
const path = require('node:path');

const engine = path.join(process.env.COMPAT_ENGINE ?? '', 'node_modules');

function moduleWithLogger() {
	try {
		return require(path.join(engine, '@n8n/backend-common'));
	} catch {
		return { Logger: require(path.join(engine, 'n8n-core')).Logger };
	}
}

module.exports = moduleWithLogger();
