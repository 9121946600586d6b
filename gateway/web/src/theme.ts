import type { ThemeConfig } from "antd";

/** Who asked the system for less motion gets none. */
const CALM = window.matchMedia("(prefers-reduced-motion: reduce)").matches;

const AT = { hoverBorderColor: "#2b5f94", activeBorderColor: "#2b5f94" };

/** One look for all pages; the plain pages of the gateway (`static/xiaoneng.css`) have the same colours. */
export const THEME: ThemeConfig = {
  token: {
    colorPrimary: "#b3261e",
    colorLink: "#8c1d17",
    colorLinkHover: "#b3261e",
    colorError: "#b3261e",
    colorSuccess: "#20744a",
    colorWarning: "#9a5b00",
    colorInfo: "#2b5f94",
    // Pale grounds of their own: those that Ant Design reckons from dark colours are too grey to read on.
    colorErrorBg: "#fdf3f2",
    colorErrorBorder: "#e5a8a3",
    colorSuccessBg: "#edf7f1",
    colorSuccessBorder: "#a3cfb8",
    colorWarningBg: "#fff6e0",
    colorWarningBorder: "#e6c27a",
    colorInfoBg: "#eef4fb",
    colorInfoBorder: "#a9c3de",
    // Ground, border and text of tags; Ant Design writes each under both names.
    red1: "#fdf3f2", "red-1": "#fdf3f2", red3: "#e5a8a3", "red-3": "#e5a8a3", red7: "#8c1d17", "red-7": "#8c1d17",
    green1: "#edf7f1", "green-1": "#edf7f1", green3: "#a3cfb8", "green-3": "#a3cfb8", green7: "#1c6641", "green-7": "#1c6641",
    gold1: "#fff6e0", "gold-1": "#fff6e0", gold3: "#e6c27a", "gold-3": "#e6c27a", gold7: "#8a5100", "gold-7": "#8a5100",
    colorText: "#1f2329",
    colorTextSecondary: "#51565d",
    colorTextTertiary: "#646a73",
    colorTextDescription: "#5b6068",
    colorTextPlaceholder: "#6b7078",
    colorBorder: "#c9ccd1",
    colorBgLayout: "#f5f6f7",
    motion: !CALM,
    borderRadius: 6,
    fontSize: 15,
    fontFamily: '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC", system-ui, sans-serif',
  },
  // Red borders are for what is wrong; what the pointer or the keyboard is at has the colour of the focus.
  components: { Button: { primaryShadow: "none" }, Input: AT, InputNumber: AT, Select: AT, DatePicker: AT },
};
