import type { Html } from './markup.ts';

/** The look of the page, in light and dark, and the one thing it does: hide what is the same. */
export const styleSheet: Html = {
  markup: `
:root {
  color-scheme: light dark;
  --paper: #fdfcfa; --ink: #1d2320; --quiet: #66706b; --line: #dedcd5; --outline: #b9c4bd; --leaf: #2f7d4f; --earth: #b0532c; --row: #f3f1ec;
}
@media (prefers-color-scheme: dark) {
  :root { --paper: #161a18; --ink: #e4e8e5; --quiet: #949f99; --line: #303733; --outline: #4d5852; --leaf: #63b984; --earth: #e08a5f; --row: #1e2421; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 110rem; padding: 2rem; background: var(--paper); color: var(--ink); font: 14px/1.45 system-ui, sans-serif; }
h1 { font-size: 1.5rem; font-weight: 600; margin: 0 0 1.25rem; overflow-wrap: anywhere; }
h2 { font-size: 1rem; font-weight: 600; margin: 0 0 .5rem; }
.arrow, .quiet { color: var(--quiet); font-weight: 400; }
.totals { display: grid; grid-template-columns: repeat(auto-fit, minmax(16rem, 26rem)); gap: 2.5rem; margin-bottom: 2.5rem; }
.totals h2 { color: var(--quiet); font-weight: 400; margin: 0; }
.figure { font-size: 1.75rem; font-variant-numeric: tabular-nums; margin: 0 0 .25rem; }
.figure .share { font-size: 1rem; }
.total .quiet { margin: .25rem 0 0; }
section { margin-bottom: 2.5rem; }
.total { margin: 0; }
table { border-collapse: collapse; width: 100%; }
th { text-align: left; font-weight: 500; color: var(--quiet); padding: .25rem .6rem; }
thead { position: sticky; top: 0; background: var(--paper); box-shadow: inset 0 -1px var(--line); z-index: 1; }
td { padding: .2rem .6rem; border-bottom: 1px solid var(--line); vertical-align: middle; }
tbody tr:hover { background: var(--row); }
tbody tr:target { background: var(--row); box-shadow: inset 3px 0 var(--leaf); }
tr { scroll-margin-top: 4rem; }
td a { color: inherit; text-decoration: none; overflow-wrap: anywhere; }
td a:hover { text-decoration: underline; }
.number, td.share { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.share { white-space: nowrap; }
.less { color: var(--leaf); }
.more { color: var(--earth); }
#groups table { max-width: 64rem; }
.shape { white-space: nowrap; font-size: .9em; }
.settings { color: var(--quiet); font-size: .9em; }
.mark { font-family: ui-monospace, monospace; font-weight: 700; width: 1.5rem; text-align: center; }
.absent { color: var(--outline); text-align: center; }
tr.same { color: var(--quiet); }
tr.added .mark, tr.added td:nth-child(3) a { color: var(--leaf); }
tr.removed .mark, tr.removed td:nth-child(2) a { color: var(--earth); }
.bars { width: 11rem; min-width: 7rem; }
.bar { position: relative; display: block; height: .7rem; }
.bar i, .bar b { position: absolute; inset: 0 auto 0 0; border-radius: 2px; }
.bar i { border: 1px solid var(--outline); }
.bar b { background: var(--leaf); opacity: .75; }
.same .bar b { background: var(--outline); }
.filter { display: inline-block; margin-bottom: .75rem; cursor: pointer; }
body:has(#changed-only:checked) tr.same { display: none; }
@media print { thead { position: static; } body { padding: 0; } }
`,
};
