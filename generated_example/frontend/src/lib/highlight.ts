// Colours for the two languages that the pages show: enough to read by, not a parser.

export type Language = 'python' | 'svelte';

export interface Token {
	readonly kind: string;
	readonly text: string;
}

const GRAMMARS: Record<Language, RegExp> = {
	python: grammar({
		comment: /#.*/,
		string: /[bfr]?(?:"""[^]*?"""|"[^"\n]*"|'[^'\n]*')/,
		name: /@[\w.]+|(?<=\b(?:def|class) )\w+/,
		keyword:
			/\b(?:as|async|await|class|def|elif|else|except|finally|for|from|if|import|in|is|not|or|and|pass|raise|return|try|while|with|yield|None|True|False)\b/
	}),
	svelte: grammar({
		comment: /(?<!:)\/\/.*|\/\*[^]*?\*\/|<!--[^]*?-->/,
		string: /'[^'\n]*'|"[^"\n]*"|`[^`]*`/,
		// a tag, not the `<` of a type or of a comparison
		name: /(?<=(?<!\w)<\/?)[A-Za-z][\w.:-]*|(?<=\{)[#:/@][a-z]+|\$[a-z]+\b/,
		// in the markup these are words
		keyword:
			/\b(?:as|async|await|break|case|catch|const|else|finally|for|from|function|if|import|instanceof|let|new|null|of|return|switch|true|false|try|type|typeof|undefined)\b(?=[^]*<\/script>)/
	})
};

/** The text in pieces; those that have no colour are of the kind `plain`. */
export function highlight(text: string, language: Language): Token[] {
	const tokens: Token[] = [];
	let end = 0;
	for (const match of text.matchAll(GRAMMARS[language])) {
		const [kind = 'plain'] = Object.entries(match.groups ?? {}).find(([, part]) => part) ?? [];
		tokens.push({ kind: 'plain', text: text.slice(end, match.index) }, { kind, text: match[0] });
		end = match.index + match[0].length;
	}
	return [...tokens, { kind: 'plain', text: text.slice(end) }];
}

function grammar(kinds: Record<string, RegExp>): RegExp {
	const parts = Object.entries(kinds).map(([kind, { source }]) => `(?<${kind}>${source})`);
	return new RegExp(parts.join('|'), 'g');
}
