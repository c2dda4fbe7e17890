/** A closed SVG path of steps that stand on the ground line: `▂▂█▅`. Units: shares 0..1, the rest in px. */
export function stepsPath(shares: readonly number[], width: number, height: number): string {
  const stepPx = width / Math.max(1, shares.length);
  const px = (v: number): string => String(Math.round(v * 100) / 100);
  const tops = shares.map((share, i) => {
    const y = px(height - Math.min(1, Math.max(0, share)) * height);
    return `L${px(i * stepPx)} ${y}L${px((i + 1) * stepPx)} ${y}`;
  });
  return `M0 ${height}${tops.join('')}L${px(width)} ${height}Z`;
}
