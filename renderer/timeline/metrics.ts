// Sizes of the timeline in CSS pixels, as visual.md gives them. The gutter's width is also a token (`--w-gutter`), because
// the page's grid uses it.

import type { Px } from '../../contract/units';

export const GUTTER_PX: Px = 156;
/** The gutter of goroutines, threads and tasks. */
export const WIDE_GUTTER_PX: Px = 224;
export const OVERVIEW_PX: Px = 44;
export const RULER_PX: Px = 24;
export const HEAD_PX: Px = 21;
export const CURVE_PX: Px = 34;
/** Curves where the window is low. */
export const CURVE_LOW_PX: Px = 30;
/** How far a curve can be sized. */
export const CURVE_MIN_PX: Px = 24;
export const CURVE_MAX_PX: Px = 160;
export const CYCLES_PX: Px = 17;
export const STW_PX: Px = 14;
/** A processor: 18 upper + 1.5 + 9 lower + 4.5. */
export const STRIP_PX: Px = 33;
export const UPPER_PX: Px = 18;
export const LOWER_TOP_PX: Px = 19.5;
export const LOWER_PX: Px = 9;
/** A row of a goroutine, thread or task: 18 and gaps; bands that nest in it; ticks of logs and samples; heads of groups. */
export const LIST_ROW_PX: Px = 25;
export const LIST_ROW_TOP_PX: Px = 3;
export const NEST_PX: Px = 13;
export const TICKS_PX: Px = 4;
export const GROUP_HEAD_PX: Px = 23;
/** A row of wake-ups. */
export const WAKEUP_PX: Px = 15;
/** Below this a span has no label. */
export const LABEL_MIN_PX: Px = 22;
export const LABEL_PAD_PX: Px = 5;
/** Distance of the ruler's labels. */
export const TICK_SPACING_PX: Px = 110;
/** A pointer that moved less between press and release has clicked. */
export const CLICK_SLOP_PX: Px = 4;
/** How near a pointer must be to a tick to mean it. */
export const PICK_SLOP_PX: Px = 3;
/** Container sizes below which the page is drawn narrow or low (visual.md, section 2). */
export const NARROW_PX: Px = 1180 - 236;
export const LOW_PX: Px = 420;
