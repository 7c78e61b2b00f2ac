/** Line icons on a 24-px grid, drawn for this product. They are decoration: the words beside them speak. */
const PATHS = {
  microphone:
    "M12 3.5a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0v-5a3 3 0 0 0-3-3ZM5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3",
  openMicrophone:
    "M12 4.5a2.5 2.5 0 0 0-2.5 2.5v4a2.5 2.5 0 0 0 5 0V7A2.5 2.5 0 0 0 12 4.5ZM7.5 11a4.5 4.5 0 0 0 9 0M12 15.5v4M5 6a7 7 0 0 0-.5 7M19 6a7 7 0 0 1 .5 7",
  microphoneOff:
    "M9 9.5v2a3 3 0 0 0 4.6 2.5M15 10.5v-4a3 3 0 0 0-5.7-1.3M5.5 11.5a6.5 6.5 0 0 0 10.6 5M18.5 11.5c0 .8-.1 1.5-.4 2.2M12 18v3M4 4l16 16",
  stop: "M7.5 7.5h9v9h-9z",
  captions: "M4.5 5.5h15v13h-15zM10.5 10.5a2 2 0 1 0 0 3M16.5 10.5a2 2 0 1 0 0 3",
  settings: "M4 7.5h9M17 7.5h3M4 16.5h3M11 16.5h9M15 5v5M9 14v5",
  send: "M12 19V5.5M6 11l6-6 6 6",
  keyboard: "M3.5 6.5h17v11h-17zM7 10h.01M10.5 10h.01M14 10h.01M17.5 10h.01M8 14h8",
  close: "M6 6l12 12M18 6 6 18",
  back: "M14.5 5.5 8 12l6.5 6.5",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4",
  moon: "M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10Z",
  document: "M6.5 3.5h7l4 4v13h-11zM13.5 3.5v4h4M9.5 12h5M9.5 15.5h5",
  leave: "M14 4.5H5.5v15H14M10.5 12h10M17 8.5l3.5 3.5-3.5 3.5",
  sound: "M4.5 9.5v5h3l4.5 4v-13l-4.5 4zM15.5 9a4 4 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11",
  done: "M5.5 12.5 10 17l8.5-9.5",
  note: "M12 11v6.5M12 7v.01",
  warning: "M12 5.5v8M12 18v.01",
  question: "M9 9a3 3 0 1 1 4.5 2.6c-1 .6-1.5 1.2-1.5 2.4M12 18v.01",
  device: "M5 5.5h14v10H5zM2.5 19h19",
  face: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17ZM9 10v.01M15 10v.01M8.5 14.5a4.5 4.5 0 0 0 7 0",
  copy: "M8.5 8.5h11v11h-11zM15.5 8.5v-4h-11v11h4",
  hourglass:
    "M7 4h10M7 20h10M8.5 4v3c0 2.5 3.5 3.5 3.5 5s-3.5 2.5-3.5 5v3M15.5 4v3c0 2.5-3.5 3.5-3.5 5s3.5 2.5 3.5 5v3",
  home: "M4 11.5 12 4.5l8 7M6.5 10v9.5h11V10M10 19.5v-5h4v5",
  books: "M4.5 4.5h4v15h-4zM8.5 4.5h4v15h-4zM13.5 5.6l3.7-1 3.3 13.8-3.7 1z",
  chart: "M4.5 19.5h15M7 16v-4M12 16V6M17 16V9",
  shield: "M12 3.5 19 6v5.5c0 4.3-2.8 7.3-7 9-4.2-1.7-7-4.7-7-9V6z",
  bell: "M6.5 16.5h11l-1.5-2.5v-3.5a4 4 0 0 0-8 0V14zM10.5 19.5h3",
  board: "M4 5h16v10.5H4zM8.5 19.5l3.5-4 3.5 4",
  people:
    "M9 11.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM3.5 19a5.5 5.5 0 0 1 11 0M15.5 5.8a3 3 0 0 1 0 5.4M17 13.9a5.5 5.5 0 0 1 3.5 5.1",
  more: "M5 12h1M11.5 12h1M18 12h1",
  lamp: "M9.5 17.5h5M10 20.5h4M12 3.5a6 6 0 0 0-3.5 10.9c.6.5 1 1.2 1 2v1h5v-1c0-.8.4-1.5 1-2A6 6 0 0 0 12 3.5Z",
  checklist: "M4.5 7l1.5 1.5L9 5.5M4.5 16.5 6 18l3-3M12.5 7.5h7M12.5 16.5h7",
  bubbles: "M4.5 4.5h10v7h-5.5l-3 2.5v-2.5h-1.5zM11 14.5v2h4.5l3 2.5v-2.5h1v-7h-2",
  pulse: "M3 12.5h4l2.5-6 4.5 11 2.5-5H21",
  onward: "M9.5 5.5 16 12l-6.5 6.5",
  zoomIn: "M10.5 4.5a6 6 0 1 0 0 12 6 6 0 0 0 0-12ZM15 15l4.5 4.5M10.5 8v5M8 10.5h5",
  zoomOut: "M10.5 4.5a6 6 0 1 0 0 12 6 6 0 0 0 0-12ZM15 15l4.5 4.5M8 10.5h5",
  plus: "M12 5v14M5 12h14",
  openTab: "M13.5 4.5h6v6M19.5 4.5l-8 8M17.5 14v5.5h-13v-13H10",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg
      className="icon"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.75}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}

/** The desk lamp. */
export function Logo({ size = 28 }: { size?: number }) {
  return (
    <svg
      className="logo"
      width={size}
      height={size}
      viewBox="0 0 32 32"
      aria-hidden="true"
      focusable="false"
    >
      <path className="logo-shade" d="M5 15.5a11 8.5 0 0 1 22 0z" />
      <path
        d="M16 4v3M16 15.5V26M9.5 27h13"
        fill="none"
        stroke="currentColor"
        strokeWidth={2.25}
        strokeLinecap="round"
      />
    </svg>
  );
}
