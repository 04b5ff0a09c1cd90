// Zod compiles its checks with `new Function` and asks first whether it may. The page's policy says no, and the
// browser would report the question as a violation on every visit. Zod reads this name before anything else.
Object.assign(globalThis, { __zod_globalConfig: { jitless: true } });

export {};
