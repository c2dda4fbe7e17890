// What Graphviz answers, as pixels. Read in the thread that asked it: of some thousand lines it is a long text. Pure.

interface GraphvizAnswer {
  readonly bb: string;
  readonly objects?: readonly { readonly name: string; readonly pos: string }[];
  readonly edges?: readonly {
    readonly tail: number;
    readonly head: number;
    readonly pos: string;
    readonly lp?: string;
    readonly penwidth?: string;
  }[];
}

type Point = readonly [x: number, y: number];

/** A line of the picture: an SVG path, its arrow head, the middle of its label in CSS pixels. */
export interface PlacedLine {
  readonly path: string;
  readonly head: string;
  readonly labelX: number;
  readonly labelY: number;
}

/** Places in CSS pixels from the left and the top. */
export interface Placed {
  readonly widthPx: number;
  readonly heightPx: number;
  /** Middles of the boxes, by their names in the question. */
  readonly nodes: ReadonlyMap<string, Point>;
  /** By the names of both ends: `N1>N2`. */
  readonly edges: ReadonlyMap<string, PlacedLine>;
}

/** Errors: when it is no answer of Graphviz. Cost: O(length). */
export function placedOf(json: string): Placed {
  const answer = JSON.parse(json) as GraphvizAnswer;
  const [, , widthPx = 0, heightPx = 0] = answer.bb.split(',').map(Number);
  // Graphviz counts from the foot.
  const point = (text: string): Point => {
    const [x = 0, y = 0] = text.split(',').map(Number);
    return [x, heightPx - y];
  };
  const objects = answer.objects ?? [];
  const nodes = new Map(objects.map((o) => [o.name, point(o.pos)]));
  const edges = new Map(
    (answer.edges ?? []).map((e): [string, PlacedLine] => {
      const [labelX, labelY] = e.lp ? point(e.lp) : [0, 0];
      return [
        `${objects[e.tail]?.name}>${objects[e.head]?.name}`,
        { ...curve(e.pos, point, Number(e.penwidth ?? 1)), labelX, labelY },
      ];
    }),
  );
  return { widthPx, heightPx, nodes, edges };
}

/** `e,x,y x,y …`: the arrow's tip, then the points of a Bézier spline. */
function curve(pos: string, point: (text: string) => Point, width: number): { path: string; head: string } {
  const parts = pos.split(' ');
  const tip = parts[0]?.startsWith('e,') ? point(parts.shift()!.slice(2)) : null;
  const points = parts.filter((p) => !p.startsWith('s,')).map(point);
  const [first, ...rest] = points;
  if (!first) return { path: '', head: '' };
  const one = ([x, y]: Point): string => `${x.toFixed(1)},${y.toFixed(1)}`;
  const path = `M${one(first)}C${rest.map(one).join(' ')}`;
  const last = points.at(-1)!;
  const end = tip ?? last;
  const angle = Math.atan2(end[1] - last[1], end[0] - last[0]);
  const half = 3 + width * 0.8;
  const side = (by: number): Point => [last[0] + Math.sin(angle) * by, last[1] - Math.cos(angle) * by];
  return { path, head: `M${one(end)}L${one(side(half))}L${one(side(-half))}Z` };
}
