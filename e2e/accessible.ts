/** What axe says of a page as it stands, and whether it scrolls sideways. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/** Colours do not depend on the width nor the layout on the colours: two looks cover light and dark, a phone and a wide window. */
const looks = [
  { colorScheme: 'light', width: 1440, height: 900 },
  { colorScheme: 'dark', width: 390, height: 844 },
] as const;
/** No serious finding, in any look. @param place what is looked at, for the message */
export async function expectAccessible(page: Page, place: string): Promise<void> {
  for (const { colorScheme, width, height } of looks) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.setViewportSize({ width, height });
    // In the page itself: without frames there is nothing to gather in a page of its own, which takes a third of the time.
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    const found = serious.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
    expect(found, `${place}, ${colorScheme}, ${width} px`).toEqual([]);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow, `${place}, ${width} px: sideways scrolling`).toBeLessThanOrEqual(0);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  // Until the page has heard of its width, the phone's tabs stand beside the rail.
  await expect(page.getByRole('navigation', { name: 'Places' })).toHaveCount(1);
}
