import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { startI18n } from "./i18n";
import { App } from "./routes/App";
import { followSystem } from "./ui/theme";
import "./ui/tokens.css";
import "./ui/base.css";
import "./ui/components.css";

const root = document.getElementById("app");
if (root === null) throw new Error("index.html has no #app");

followSystem();
void startI18n().then(() =>
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  ),
);
