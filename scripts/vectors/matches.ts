/** Numbers that JSON has no word for, as the recordings spell them. */
const spelled = (value: unknown): unknown => {
  if (value === 'Infinity') return Infinity;
  if (value === '-Infinity') return -Infinity;
  return value === undefined ? null : value;
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether two values are alike all the way down, numbers within the tolerance. */
export function matches(left: unknown, right: unknown, tolerance: number): boolean {
  const [a, b] = [spelled(left), spelled(right)];
  if (typeof a === 'number' && typeof b === 'number')
    return a === b || Math.abs(a - b) <= tolerance;
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((value, at) => matches(value, b[at], tolerance));
  if (isObject(a) && isObject(b)) {
    const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
    return [...keys].every((key) => key in a && key in b && matches(a[key], b[key], tolerance));
  }
  return a === b;
}
