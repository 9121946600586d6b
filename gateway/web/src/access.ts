/** What the signed-in person may do at all. Whether it can be done with a thing now, the server says with each thing (`allowedActions`). */
export type Permission = `${"directory" | "documents" | "notifications"}:${string}:${string}`;

export interface Access {
  may(permission: Permission): boolean;
  mayAny(...permissions: Permission[]): boolean;
}

export function accessOf(permissions: readonly string[]): Access {
  const held = new Set(permissions);
  return {
    may: (permission) => held.has(permission),
    mayAny: (...wanted) => wanted.some((each) => held.has(each)),
  };
}
