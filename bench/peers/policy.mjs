// Policy evaluation by the peers, in process: Cedar (WebAssembly) and casbin, over conditional-access-like rules.
// One JSON object a line: {"engine", "policies", "p50_us", "p99_us", "rate"}. Each rule asks for a group, two risk levels, a place and a client type.
import { createRequire } from 'node:module';
import { newEnforcer, newModelFromString } from 'casbin';

const cedar = createRequire(import.meta.url)('@cedar-policy/cedar-wasm/nodejs');
const sizes = (process.argv[2] ?? '10,200,10000').split(',').map(Number);
const seconds = Number(process.argv[3] ?? 2);
const risks = ['none', 'low', 'medium', 'high'];
const request = { group: 'group-7', signInRisk: 'medium', userRisk: 'none', place: 'home', client: 'browser' };
const rule = (i) => ({ group: `group-${i % 50}`, signInRisk: risks[1 + (i % 3)], userRisk: risks[i % 4], place: `place-${i % 20}`, client: i % 2 ? 'browser' : 'other' });

function measure(engine, policies, once) {
  for (let i = 0; i < 3; i++) once();
  const times = [];
  for (const end = performance.now() + seconds * 1000; performance.now() < end;) {
    const start = process.hrtime.bigint();
    once();
    times.push(Number(process.hrtime.bigint() - start) / 1000);
  }
  times.sort((a, b) => a - b);
  const at = (share) => times[Math.min(times.length - 1, Math.floor(share * times.length))];
  console.log(JSON.stringify({ engine, policies, p50_us: at(0.5), p99_us: at(0.99), rate: 1e6 / (times.reduce((a, b) => a + b) / times.length) }));
}

for (const size of sizes) {
  const rules = Array.from({ length: size }, (_, i) => rule(i));
  const text = rules.map((r) => `forbid(principal in Group::"${r.group}", action, resource) when { context.signInRisk == "${r.signInRisk}" && context.userRisk == "${r.userRisk}" && context.place == "${r.place}" && context.client == "${r.client}" };`).join('\n');
  const parsed = cedar.preparsePolicySet(`set${size}`, { staticPolicies: `permit(principal, action, resource);\n${text}` });
  if (parsed.type !== 'success') throw new Error(JSON.stringify(parsed));
  const { group, ...context } = request;
  const call = { principal: { type: 'User', id: 'alice' }, action: { type: 'Action', id: 'signIn' }, resource: { type: 'App', id: 'notes' }, context,
    preparsedPolicySetId: `set${size}`, entities: [{ uid: { type: 'User', id: 'alice' }, attrs: {}, parents: [{ type: 'Group', id: group }] }] };
  const answer = cedar.statefulIsAuthorized(call);
  if (answer.type !== 'success' || answer.response.decision !== 'allow') throw new Error(JSON.stringify(answer));
  measure('cedar-wasm', size, () => cedar.statefulIsAuthorized(call));

  const enforcer = await newEnforcer(newModelFromString(`
[request_definition]
r = group, signInRisk, userRisk, place, client
[policy_definition]
p = group, signInRisk, userRisk, place, client, eft
[policy_effect]
e = !some(where (p.eft == deny))
[matchers]
m = r.group == p.group && r.signInRisk == p.signInRisk && r.userRisk == p.userRisk && r.place == p.place && r.client == p.client
`));
  await enforcer.addPolicies(rules.map((r, i) => [r.group, r.signInRisk, r.userRisk, r.place, `${r.client}${i >= 400 ? `-${i}` : ''}`, 'deny']));
  const asked = [request.group, request.signInRisk, request.userRisk, request.place, request.client];
  if (!enforcer.enforceSync(...asked)) throw new Error('casbin denies');
  measure('casbin', size, () => enforcer.enforceSync(...asked));
}
