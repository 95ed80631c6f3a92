// Matchers of the stories and of the protocol tests: what differs, as a sentence, or nothing.

const OPERATORS = {
  oneOf: (value, wanted) => wanted.some((one) => match(value, one) === undefined),
  includes: (value, wanted) => (Array.isArray(value) ? value.some((one) => match(one, wanted) === undefined) : String(value ?? '').includes(wanted)),
  not: (value, wanted) => match(value, wanted) !== undefined,
  matches: (value, wanted) => new RegExp(wanted).test(String(value)),
  present: (value, wanted) => (value !== undefined && value !== null) === wanted,
  atLeast: (value, wanted) => Number(value) >= wanted,
  length: (value, wanted) => value?.length === wanted,
};

/** @returns {string|undefined} the first difference, named by its path */
export function match(value, wanted, path = '') {
  const differs = () => `${path || 'value'} is ${JSON.stringify(value)}, not ${JSON.stringify(wanted)}`;
  if (wanted === null || typeof wanted !== 'object') return Object.is(value, wanted) ? undefined : differs();
  if (Array.isArray(wanted)) {
    if (!Array.isArray(value) || value.length !== wanted.length) return differs();
    return wanted.map((one, i) => match(value[i], one, `${path}[${i}]`)).find(Boolean);
  }
  const keys = Object.keys(wanted);
  if (keys.length > 0 && keys.every((key) => key in OPERATORS)) return keys.every((key) => OPERATORS[key](value, wanted[key])) ? undefined : differs();
  if (value === null || typeof value !== 'object') return differs();
  return keys.map((key) => match(value[key], wanted[key], path ? `${path}.${key}` : key)).find(Boolean);
}
