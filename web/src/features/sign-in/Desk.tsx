import type { ReactNode } from "react";
import { LanguageSwitch, ThemeSwitch } from "../shell/Switches";
import "./sign-in.css";

/** A lamp over a desk; what has to be written lies in its light. */
export function Desk({
  title,
  lead,
  children,
}: {
  title: string;
  lead: string;
  children: ReactNode;
}) {
  return (
    <div className="desk">
      <header className="desk-tools">
        <LanguageSwitch />
        <ThemeSwitch />
      </header>
      <main className="desk-main">
        <Lamp />
        <div className="desk-light">
          <h1>{title}</h1>
          <p className="desk-lead">{lead}</p>
          {children}
        </div>
      </main>
    </div>
  );
}

function Lamp() {
  return (
    <svg className="lamp" viewBox="0 0 400 150" aria-hidden="true" focusable="false">
      <path className="lamp-cord" d="M200 -240v284" />
      <path className="lamp-shade" d="M108 128C108 80 146 44 200 44s92 36 92 84z" />
      <path className="lamp-bulb" d="M180 128a20 17 0 0 0 40 0z" />
    </svg>
  );
}
