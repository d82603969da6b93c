/** Elements and style of a page for colleagues; standalone/page.ts fills them. */

export const pageStyle = `
:root { color-scheme: light dark; --page: #f6f7f9; --surface: #fff; --line: #d5dae1; --text: #15202b; --muted: #556270; --accent: #0b63c5; }
@media (prefers-color-scheme: dark) {
  :root { --page: #12161b; --surface: #1a2027; --line: #333d48; --text: #e8edf2; --muted: #a3b0bd; --accent: #6cb0ff; }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0; padding: 24px 16px 48px; background: var(--page); color: var(--text); font: 16px/24px system-ui, sans-serif; }
main { display: grid; gap: 16px; max-width: 880px; margin: auto; }
h1 { margin: 0; font-size: 24px; line-height: 32px; overflow-wrap: anywhere; }
h2 { margin: 0; font-size: 16px; line-height: 24px; }
p { margin: 0; }
.quiet, #facts { color: var(--muted); font-size: 14px; line-height: 20px; }
#facts { margin: 0; padding: 0; list-style: none; }
section { display: grid; gap: 16px; padding: 16px; border: 1px solid var(--line); border-radius: 8px; background: var(--surface); min-width: 0; }
label { display: grid; gap: 4px; font-size: 14px; font-weight: 600; }
input[type=text], textarea, select { width: 100%; padding: 8px 12px; border: 1px solid var(--line); border-radius: 6px; background: var(--page); color: inherit; font: inherit; font-weight: 400; }
input[type=text] { font-size: 20px; line-height: 32px; }
textarea { min-height: 120px; resize: vertical; }
button, .choose { display: inline-block; padding: 8px 16px; border: 1px solid var(--line); border-radius: 6px; background: var(--surface); color: inherit; font: inherit; font-size: 14px; line-height: 20px; font-weight: 600; cursor: pointer; }
.first { border-color: var(--accent); background: var(--accent); color: var(--page); }
:focus-visible, .choose:focus-within { outline: 2px solid var(--accent); outline-offset: 2px; }
.choose input { position: absolute; width: 1px; height: 1px; opacity: 0; }
.row { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; }
#verdict { min-height: 24px; font-weight: 600; }
table { width: 100%; border-collapse: collapse; font-size: 14px; line-height: 20px; }
th, td { padding: 6px 8px; border-top: 1px solid var(--line); text-align: start; font-weight: 400; overflow-wrap: anywhere; vertical-align: top; }
thead th { border: 0; color: var(--muted); font-size: 12px; }
#bars td:nth-child(n + 3), .figure { text-align: end; font-variant-numeric: tabular-nums; width: 64px; overflow-wrap: normal; }
#bars td:last-child { color: var(--muted); }
#bars [data-holds=true] th, #bars [data-holds=true] td:nth-child(3) { font-weight: 600; }
.meter { position: relative; height: 12px; margin-top: 4px; border-radius: 3px; background: color-mix(in srgb, var(--muted) 20%, transparent); overflow: hidden; min-width: 64px; }
.meter div { height: 100%; width: 0; background: color-mix(in srgb, var(--accent) 45%, transparent); }
[data-holds=true] .meter div { background: var(--accent); }
.meter::after { content: ''; position: absolute; inset-block: 0; left: var(--needed); width: 2px; background: var(--text); }
progress { width: 100%; height: 6px; accent-color: var(--accent); }
#error { color: light-dark(#b3261e, #ff9d94); }
#error:empty { display: none; }
.scroll { max-height: 60vh; overflow: auto; }
@media (max-width: 480px) { #bars td:last-child, .needed { display: none; } }
`;

export const pageBody = `<body>
<main>
<header>
<h1 id="name"></h1>
<p class="quiet">Labels job titles. Everything is computed in this page, on your machine; it cannot send anything.</p>
</header>
<section aria-label="One title">
<label>Job title<input type="text" id="title" placeholder="Type a job title" autocomplete="off" spellcheck="false" maxlength="10000"></label>
<output id="verdict" for="title"></output>
<table>
<thead><tr><th scope="col">Label</th><th scope="col">Probability</th><th></th><th scope="col" class="figure needed">Needed</th></tr></thead>
<tbody id="bars"></tbody>
</table>
</section>
<section aria-label="Many titles">
<h2>Many titles</h2>
<label>One title a line, or a table with a header row<textarea id="list" spellcheck="false"></textarea></label>
<div class="row">
<button id="go" class="first" type="button">Predict these titles</button>
<label class="choose">Choose a CSV file<input type="file" id="file" accept=".csv,.tsv,.txt,text/csv,text/plain"></label>
<span class="quiet">or drop it anywhere on this page</span>
</div>
<label id="columns" hidden>Column with the titles<select id="column"></select></label>
<p id="error" role="alert"></p>
<progress id="progress" value="0" max="1" hidden aria-label="Titles predicted"></progress>
<div class="row"><span id="state" class="quiet" aria-live="polite"></span>
<button id="stop" type="button" hidden>Stop</button>
<button id="save" type="button" hidden>Save as CSV</button></div>
<div class="scroll" id="table" hidden tabindex="0" role="region" aria-label="Predictions"><table>
<thead><tr><th scope="col">Title</th><th scope="col">Labels</th></tr></thead>
<tbody id="rows"></tbody>
</table></div>
</section>
<ul id="facts"></ul>
</main>`;
