/** Some methods of an object as functions of their own, still about that object. */
export function methodsOf<T extends object, K extends keyof T>(target: T, names: readonly K[]): Pick<T, K> {
  const bound = names.map((name) => [name, (target[name] as (...a: unknown[]) => unknown).bind(target)]);
  return Object.fromEntries(bound) as Pick<T, K>;
}
