import { defineTexts } from "../lib/texts";

export const texts = defineTexts(
  {
    title: "应用",
    empty: "还没有可用的应用",
    empty_detail: "管理员把应用授权给您之后，它会出现在这里。",
    "app.empty": "这个应用里没有您能打开的菜单",
    "app.empty_detail": "请联系管理员为您的角色开通。",
  },
  {
    title: "Apps",
    empty: "No apps yet",
    empty_detail: "Once an administrator grants you an app, it appears here.",
    "app.empty": "Nothing in this app is open to you",
    "app.empty_detail": "Ask your administrator to extend your role.",
  },
);
