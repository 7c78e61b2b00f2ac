/** The pages before one is signed in, besides the sign-in itself: each is loaded when somebody comes to it. */
import { lazy } from "react";
import { paths } from "../../routes/paths";

export const doors = [
  { path: paths.callback, Page: lazy(() => import("./CallbackPage")) },
  { path: "/sign-in/with/:id", Page: lazy(() => import("./DeparturePage")) },
  { path: paths.join, Page: lazy(() => import("./JoinPage")) },
  { path: paths.invitation, Page: lazy(() => import("./InvitationPage")) },
];
