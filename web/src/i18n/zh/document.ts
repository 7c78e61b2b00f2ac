/** 一句话的出处。 */
export const document = {
  label: "出处：{{title}}",
  close: "关闭文档",
  newTab: "在新标签页中打开",
  moved: "文档已经改动，这是当时引用的原文。",
  notFound: "引用的原文在这一页，但没能在页面上标出来。",
  pages: "《{{title}}》的页面",
  pageOf: "第 {{page}} 页，共 {{pages}} 页",
  previous: "上一页",
  next: "下一页",
  larger: "放大",
  smaller: "缩小",
  toPassage: "回到引用处",
  passageOn: "引用的原文，在第 {{page}} 页",
  gone: "资料库里已经没有这份文档，这是当时引用的原文。",
  damaged: "这一页无法在这里显示，可以在新标签页中打开文档。",
};
