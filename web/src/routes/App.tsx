import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { BrowserRouter, Navigate, Outlet, Route, Routes, useLocation } from "react-router";
import { History } from "../features/history/History";
import { LessonRecord } from "../features/history/LessonRecord";
import { Home } from "../features/home/Home";
import { LessonPage } from "../features/lesson/LessonPage";
import { SessionProvider } from "../features/session/SessionProvider";
import { useSession } from "../features/session/session";
import { Shell } from "../features/shell/Shell";
import { doors } from "../features/sign-in/doors";
import { SignIn } from "../features/sign-in/SignIn";
import { Failed } from "../ui/Loaded";
import { Notice } from "../ui/Notice";
import { Crash } from "./Crash";
import { type Page, pages } from "./pages";
import { paths } from "./paths";

/** Seldom opened, so it is not part of the first load. */
const CheckPage = lazy(() => import("../features/check/CheckPage"));
/** For everybody, signed in or not. */
const StatusPage = lazy(() => import("../features/admin/StatusPage"));
const ChoosePassword = lazy(() => import("../features/sign-in/ChoosePassword"));

export function App() {
  return (
    <Crash>
      <BrowserRouter>
        <SessionProvider>
          <Routes>
            <Route path={paths.signIn} element={<Door />} />
            <Route path={paths.status} element={<Status />} />
            {doors.map(({ path, Page }) => (
              <Route key={path} path={path} element={<Room Page={Page} roles={undefined} open />} />
            ))}
            <Route element={<Members />}>
              <Route path="/lesson/:id" element={<LessonPage />} />
              <Route element={<Shell />}>
                <Route path={paths.home} element={<Home />} />
                <Route path={paths.history} element={<History />} />
                <Route path={paths.check} element={<Check />} />
                <Route path="/history/:id" element={<LessonRecord />} />
                {pages.map(({ path, Page, roles }) => (
                  <Route key={path} path={path} element={<Room Page={Page} roles={roles} />} />
                ))}
                <Route path="*" element={<Nowhere />} />
              </Route>
            </Route>
          </Routes>
        </SessionProvider>
      </BrowserRouter>
    </Crash>
  );
}

/** Pages for people who are signed in; others go to the door and come back afterwards. */
function Members() {
  const { current, again } = useSession();
  const { pathname } = useLocation();
  if (current.state === "in" && current.person.must_choose_password) return <Choosing />;
  if (current.state === "in") return <Outlet />;
  if (current.state === "out") return <Navigate to={paths.signIn} replace state={pathname} />;
  return (
    <main className="page">
      {current.state === "failed" ? <Failed error={current.error} again={again} /> : <Waiting />}
    </main>
  );
}

function Door() {
  const { current } = useSession();
  const back: unknown = useLocation().state;
  if (current.state !== "in") return <SignIn />;
  return <Navigate to={typeof back === "string" ? back : paths.home} replace />;
}

/** A page that is loaded when it is opened, for those who may; to others it does not exist. */
function Room({ Page, roles, open }: Pick<Page, "Page" | "roles"> & { open?: boolean }) {
  const { current } = useSession();
  if (open && current.state === "loading") return <Waiting />;
  if (!open && (current.state !== "in" || !(roles?.includes(current.person.role) ?? true)))
    return <Nowhere />;
  return (
    <Suspense fallback={<Waiting />}>
      <Page />
    </Suspense>
  );
}

function Choosing() {
  return (
    <Suspense fallback={<Waiting />}>
      <ChoosePassword />
    </Suspense>
  );
}

function Status() {
  return (
    <main className="page">
      <Suspense fallback={<Waiting />}>
        <StatusPage />
      </Suspense>
    </main>
  );
}

function Check() {
  return (
    <Suspense fallback={<Waiting />}>
      <CheckPage />
    </Suspense>
  );
}

function Waiting() {
  const { t } = useTranslation();
  return (
    <p className="waiting" role="status">
      {t("common.loading")}
    </p>
  );
}

function Nowhere() {
  const { t } = useTranslation();
  return (
    <>
      <h1>{t("errors.title")}</h1>
      <Notice>{t("errors.not_found")}</Notice>
    </>
  );
}
