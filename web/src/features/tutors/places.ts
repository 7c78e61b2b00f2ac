/** The addresses of what teachers make. */
const part = (id: string) => encodeURIComponent(id);

export const places = {
  workshop: "/workshop",
  newTutor: "/workshop/new",
  tutor: (id: string) => `/workshop/${part(id)}`,
  guide: (id: string, step = 0) => `/workshop/${part(id)}/start${step ? `?step=${step}` : ""}`,
  libraries: "/libraries",
  library: (id: string) => `/libraries/${part(id)}`,
  studio: "/studio",
  face: (id: string) => `/studio/${part(id)}`,
};
