/** The addresses of the pages of classes and review. */
import { paths } from "../../routes/paths";

const at = (id: string) => encodeURIComponent(id);

export const addresses = {
  classes: "/classes",
  class: (id: string) => `/classes/${at(id)}`,
  /** What follows the # stays in the browser: no server and no proxy writes the code down. */
  joinWith: (code: string) => `${paths.join}#${at(code)}`,
  wall: "/wall",
  conversation: (lessonId: string) => `/review/lessons/${at(lessonId)}`,
  insights: (classId: string) => `/insights?class=${at(classId)}`,
};
