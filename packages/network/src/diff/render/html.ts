import { count, percentChange } from '@espalier/core';
import type { Change, GroupDifference, LayerDifference, NetworkDifference } from '../difference.ts';
import { anchors } from './anchors.ts';
import { type Html, html, joined } from './markup.ts';
import { styleSheet } from './style.ts';
import { decidingChange, groupName, marks, settingText, type Titles } from './words.ts';

export interface HtmlOptions {
  readonly titles: Titles;
}

/**
 * The difference as one HTML file that asks for nothing else: both networks side by side, layer by layer, with widths as bars. It has no script;
 * "changed only" is a check box that the style sheet obeys, and every layer and group has an anchor (`#layer-conv1`, `#group-conv1`).
 */
export function diffHtml(difference: NetworkDifference, { titles }: HtmlOptions): string {
  const title = `${titles.before} → ${titles.after}`;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <title>${title}</title>
        <style>
          ${styleSheet}
        </style>
      </head>
      <body>
        <header>
          <h1><span>${titles.before}</span> <span class="arrow">→</span> <span>${titles.after}</span></h1>
          ${totals(difference)}
        </header>
        <main>${groupSection(difference)} ${layerSection(difference, titles)}</main>
      </body>
    </html> `.markup;
}

function totals({ cost: { before, after } }: NetworkDifference): Html {
  const total = (name: string, from: number, to: number): Html =>
    html`<section class="total">
      <h2>${name}</h2>
      <p class="figure">${count(to)} <span class="share ${direction({ before: from, after: to })}">${percentChange(from, to)}</span></p>
      ${bar({ before: from, after: to }, Math.max(from, to))}
      <p class="quiet">of ${count(from)}</p>
    </section>`;
  return html`<div class="totals">
    ${total('Parameters', before.parameters, after.parameters)}${total('MACs', before.macs, after.macs)}
  </div>`;
}

function groupSection({ groups, sameGroups }: NetworkDifference): Html {
  if (groups.length === 0) return html``;
  const widest = widestOf(groups.map(({ channels }) => channels));
  const anchor = anchors('group');
  const row = ({ group, channels }: GroupDifference): Html => {
    const id = anchor(group.after ?? group.before ?? '');
    return html`<tr id="${id}">
      <td>${link(id, groupName(group))}</td>
      <td class="bars">${bar(channels, widest)}</td>
      ${numbers(channels)}
      <td class="share ${direction(channels)}">${percentChange(channels.before, channels.after)}</td>
    </tr> `;
  };
  return html`<section id="groups">
    <h2>Dependency groups <span class="quiet">${count(groups.length)} changed, ${count(sameGroups)} the same</span></h2>
    <table>
      <thead>
        <tr>
          <th>Group</th>
          <th>Channels</th>
          <th class="number">Before</th>
          <th class="number">After</th>
          <th class="number">Change</th>
        </tr>
      </thead>
      <tbody>
        ${joined(groups.map(row))}
      </tbody>
    </table>
  </section>`;
}

function layerSection({ comparison, layers, sameLayers }: NetworkDifference, titles: Titles): Html {
  const widest = widestOf(comparison.map(({ width }) => width));
  const anchor = anchors('layer');
  const row = (layer: LayerDifference): Html => {
    const id = anchor(layer.layer.after ?? layer.layer.before ?? '');
    const { status, type, layer: name, outputShape, width, parameters, macs, settings } = layer;
    const deciding = decidingChange(layer);
    return html`<tr id="${id}" class="${status}">
      <td class="mark" title="${status}">${marks[status]}</td>
      ${side(id, name.before, outputShape.before)}${side(id, name.after, outputShape.after)}
      <td class="quiet">${type}</td>
      <td class="bars">${bar(width, widest)}</td>
      ${numbers(width)}${numbers(parameters)}${numbers(macs)}
      <td class="share ${direction(deciding)}">${percentChange(deciding.before, deciding.after)}</td>
      <td class="settings">${settings.map(settingText).join(', ')}</td>
    </tr> `;
  };
  return html`<section id="layers">
    <h2>Layers <span class="quiet">${count(layers.length)} changed, ${count(sameLayers)} the same</span></h2>
    <label class="filter"><input type="checkbox" id="changed-only" /> changed only</label>
    <table>
      <thead>
        <tr>
          <th rowspan="2"></th>
          <th rowspan="2">${titles.before}</th>
          <th rowspan="2">${titles.after}</th>
          <th rowspan="2">Type</th>
          <th colspan="3">Width</th>
          <th colspan="2" class="number">Parameters</th>
          <th colspan="2" class="number">MACs</th>
          <th rowspan="2" class="number">Change</th>
          <th rowspan="2">Settings</th>
        </tr>
        <tr>
          <th></th>
          <th class="number">before</th>
          <th class="number">after</th>
          <th class="number">before</th>
          <th class="number">after</th>
          <th class="number">before</th>
          <th class="number">after</th>
        </tr>
      </thead>
      <tbody>
        ${joined(comparison.map(row))}
      </tbody>
    </table>
  </section>`;
}

function side(id: string, name: string | null, shape: readonly number[] | null): Html {
  if (name === null || shape === null) return html`<td class="absent">–</td>`;
  return html`<td>${link(id, name)} <span class="quiet shape">${shape.join(' × ')}</span></td>`;
}

const link = (id: string, text: string): Html => html`<a href="#${encodeURIComponent(id)}">${text}</a>`;

/** Both numbers; nothing where the layer has none of this before or after. */
const numbers = ({ before, after }: Change<number>): Html =>
  (before ?? 0) + (after ?? 0) === 0
    ? html`<td></td>
        <td></td>`
    : html`<td class="number">${number(before)}</td>
        <td class="number${before === after ? ' quiet' : ''}">${number(after)}</td>`;

const number = (value: number | null): string => (value === null ? '' : count(value));

/** What there was as an outline, what there is as its filling. */
function bar({ before, after }: Change<number>, longest: number): Html {
  const share = (value: number | null): string => `${((100 * (value ?? 0)) / Math.max(longest, 1)).toFixed(1)}%`;
  return html`<span class="bar" role="img" aria-label="${number(before)} to ${number(after)}"
    ><i style="width:${share(before)}"></i><b style="width:${share(after)}"></b
  ></span>`;
}

const widestOf = (widths: readonly Change<number>[]): number =>
  widths.reduce((most, { before, after }) => Math.max(most, before ?? 0, after ?? 0), 0);

function direction({ before, after }: Change<number>): string {
  if (before === null || after === null || before === after) return '';
  return after < before ? 'less' : 'more';
}
