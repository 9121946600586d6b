import type { Plugin } from "vite";

const ICON = /@ant-design\/icons\/es\/components\/AntdIcon(Light)?\.js/;
const NAMED = /role: "img",\s*"aria-label": icon\.name/;
// Who gives an icon a name gives it a meaning; all others stand beside what they say.
const QUIET = '...(restProps["aria-label"] ? { role: "img" } : { "aria-hidden": true })';

/** Icons are called by their English file names: hides those that have no name of ours from screen readers. */
export function quietened(code: string): string {
  if (!NAMED.test(code)) throw new Error("the icons of Ant Design get their names elsewhere now: build/quiet-icons.ts has to follow");
  return code.replace(NAMED, QUIET);
}

export function quietIcons(): Plugin {
  let met = false;
  return {
    name: "quiet-icons",
    apply: "build",
    enforce: "pre",
    transform(code, id) {
      if (!ICON.test(id)) return null;
      met = true;
      return { code: quietened(code), map: null };
    },
    buildEnd(failed) {
      if (!failed && !met) throw new Error("no icon of Ant Design was met: build/quiet-icons.ts has to follow");
    },
  };
}
