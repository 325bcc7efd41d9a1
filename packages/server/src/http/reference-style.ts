/** The reference page's style: readable in light and dark, on a phone and on paper. */
export const referenceStyle = `
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --accent: #3b5bdb; }
@media (prefers-color-scheme: dark) { :root { --accent: #91a7ff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 62rem; padding: 1.5rem; font: 1rem/1.55 system-ui, sans-serif; }
h1, h2, h3 { line-height: 1.25; }
h2 { margin-top: 3rem; border-bottom: 1px solid var(--line); padding-bottom: 0.25rem; }
a { color: var(--accent); }
nav ul { columns: 2 20rem; padding: 0; list-style: none; }
code, pre { font: 0.875rem/1.5 ui-monospace, monospace; }
pre { padding: 0.75rem 1rem; background: var(--soft); overflow-x: auto; border-radius: 0.375rem; }
section { margin: 2rem 0; scroll-margin-top: 1rem; }
table { width: 100%; border-collapse: collapse; margin: 0.5rem 0 1rem; }
th, td { text-align: left; vertical-align: top; padding: 0.375rem 0.5rem; }
th, td { border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
.method { display: inline-block; min-width: 4.5rem; font-weight: 700; color: var(--accent); }
.access { display: inline-block; padding: 0 0.5rem; border: 1px solid var(--line); border-radius: 1rem; }
details { margin: 0.5rem 0; }
summary { cursor: pointer; }
`;
