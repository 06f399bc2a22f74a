import type { ThemeConfig } from "antd";
import { theme as antdTheme } from "antd";
import { FONT, MONOSPACE, THEMES, type ThemeName } from "./tokens";

/** antd in our visual language; whatever has no token here follows from these seeds. */
export function antdThemeOf(name: ThemeName, isMobile: boolean): ThemeConfig {
  const colors = THEMES[name];
  return {
    algorithm: name === "dark" ? antdTheme.darkAlgorithm : antdTheme.defaultAlgorithm,
    hashed: false,
    cssVar: { key: "dougong" },
    token: {
      fontFamily: FONT,
      fontFamilyCode: MONOSPACE,
      fontSize: 14,
      borderRadius: 6,
      borderRadiusLG: 10,
      borderRadiusSM: 4,
      // What a finger must hit is 44 px high.
      controlHeight: isMobile ? 44 : 32,
      controlHeightLG: isMobile ? 48 : 40,
      wireframe: false,
      // antd waits for the end of its motions; with none of them it does not, and what opens stands in its place at once.
      motion: !window.matchMedia("(prefers-reduced-motion: reduce)").matches,
      motionDurationMid: "0.15s",
      motionDurationSlow: "0.2s",
      colorPrimary: colors.primary,
      colorPrimaryHover: colors["primary-hover"],
      colorPrimaryActive: colors["primary-active"],
      colorPrimaryBg: colors["primary-subtle"],
      colorPrimaryText: colors["primary-text"],
      colorInfo: colors.primary,
      colorSuccess: colors.success,
      colorWarning: colors.warning,
      // What antd derives from a dark green or ochre is a muddy grey.
      colorSuccessBg: colors["success-subtle"],
      colorWarningBg: colors["warning-subtle"],
      colorError: colors.error,
      colorErrorBg: colors["error-subtle"],
      colorErrorText: colors.error,
      colorLink: colors["primary-text"],
      colorLinkHover: colors["primary-hover"],
      colorText: colors.text,
      colorTextSecondary: colors["text-secondary"],
      colorTextTertiary: colors["text-tertiary"],
      colorTextDescription: colors["text-tertiary"],
      colorTextPlaceholder: colors["text-tertiary"],
      colorTextDisabled: colors["text-disabled"],
      colorIcon: colors["text-tertiary"],
      colorBorder: colors["border-strong"],
      colorBorderSecondary: colors.border,
      colorSplit: colors.border,
      colorBgLayout: colors.page,
      colorBgContainer: colors.surface,
      colorBgElevated: colors.raised,
      boxShadow: colors["shadow-floating"],
      boxShadowSecondary: colors["shadow-floating"],
    },
    components: {
      Button: {
        fontWeight: 500,
        primaryShadow: "none",
        defaultShadow: "none",
        dangerShadow: "none",
        // The hover colour of solid buttons is too dark for words on a dark surface.
        defaultHoverColor: colors["primary-text"],
      },
      Table: {
        headerBg: colors.surface,
        headerColor: colors["text-secondary"],
        headerSplitColor: "transparent",
        rowHoverBg: colors.hover,
        rowSelectedBg: colors.selected,
        rowSelectedHoverBg: colors.selected,
        borderColor: colors.border,
        headerSortActiveBg: colors.hover,
        headerSortHoverBg: colors.hover,
        bodySortBg: "transparent",
        cellPaddingBlockSM: 7,
        cellPaddingInlineSM: 10,
        cellFontSizeSM: 13,
      },
      Tabs: {
        itemSelectedColor: colors["primary-text"],
        itemHoverColor: colors["primary-text"],
        inkBarColor: colors.primary,
        horizontalItemPaddingSM: "8px 0",
        horizontalMargin: "0",
      },
      // Below dialogs: a palette opened over a popover must cover it.
      Popover: { zIndexPopup: 990 },
      Select: { optionActiveBg: colors.hover, optionSelectedBg: colors.selected, optionSelectedColor: colors.text },
      Menu: { itemSelectedBg: colors.selected, itemSelectedColor: colors["primary-text"] },
      Tooltip: { colorBgSpotlight: name === "dark" ? colors["border-strong"] : colors.text },
      Modal: { titleFontSize: 16 },
    },
  };
}
