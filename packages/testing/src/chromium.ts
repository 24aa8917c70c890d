import { EspalierError } from '@espalier/core';
import { findChromium, NO_CHROMIUM_WAY_OUT } from '@espalier/infra';
import { chromium as playwright, type Browser } from 'playwright-core';

/** Starts the system's Chromium, without a window. @throws EspalierError `UNAVAILABLE` where there is none */
export async function chromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined)
    throw new EspalierError('UNAVAILABLE', 'there is no Chromium for the browser tests', { hint: NO_CHROMIUM_WAY_OUT });
  // Containers have neither the rights for its sandbox nor a large /dev/shm; the tests open our own pages only.
  return playwright.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}
