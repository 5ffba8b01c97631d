/** A style that a script brings along, as its text; see `web/bundle.mjs`. */
declare module '*.css' {
  const text: string;
  export default text;
}
