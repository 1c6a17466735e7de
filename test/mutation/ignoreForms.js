/**
 * What the user sees of an operation is text and forms, which n8n's lint rules check: it is not mutated.
 * Most of it has files of its own, and `mutate` leaves them out; this is for what stands beside code.
 * @param {{ node: any }} path
 */
function shouldIgnore({ node }) {
	const declared = node.type === 'VariableDeclarator' ? node.id.typeAnnotation : node.returnType;
	const type = declared?.typeAnnotation;
	const one = type?.type === 'TSArrayType' ? type.elementType : type;
	return FORMS.includes(one?.typeName?.name) || isDescription(node) ? 'text and forms' : undefined;
}

const FORMS = ['INodeProperties', 'OperationDescription', 'PaidDescription'];

function isDescription({ type, key }) {
	return type === 'ObjectProperty' && key.name === 'description';
}

exports.strykerPlugins = [{ kind: 'Ignore', name: 'forms', value: { shouldIgnore } }];
