import type { ThemeConfig } from "antd";

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
    colorText: "#1f2329",
    colorTextSecondary: "#51565d",
    colorTextTertiary: "#646a73",
    colorTextDescription: "#5b6068",
    colorTextPlaceholder: "#6b7078",
    colorBorder: "#c9ccd1",
    colorBgLayout: "#f5f6f7",
    borderRadius: 6,
    fontSize: 15,
    fontFamily: '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC", system-ui, sans-serif',
  },
  components: { Button: { primaryShadow: "none" } },
};
