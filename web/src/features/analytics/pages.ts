import type { Page } from "../../routes/pages";

export const pages: readonly Page[] = [];
