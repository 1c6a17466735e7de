const { transformSync } = require('esbuild');

/** Lets jest 29 load packages that are ES modules only. */
module.exports = {
	process: (code) => ({ code: transformSync(code, { format: 'cjs', target: 'node20' }).code }),
};
