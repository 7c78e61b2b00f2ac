/** The source of a sentence. */
export const document = {
  label: "Source: {{title}}",
  close: "Close the document",
  newTab: "Open in a new tab",
  moved: "The document has changed; this is the passage as it was quoted.",
  notFound: "These words were quoted from this page. They could not be marked in it.",
  pages: "Pages of {{title}}",
  pageOf: "Page {{page}} of {{pages}}",
  previous: "Previous page",
  next: "Next page",
  larger: "Larger",
  smaller: "Smaller",
  toPassage: "To the passage",
  passageOn: "The quoted passage, on page {{page}}",
  gone: "This document is no longer in the library. These are the words that were quoted.",
  damaged: "This page cannot be shown here. You can open the document in a new tab.",
};
