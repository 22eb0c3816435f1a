// The theme without its web font: no request, and the system's own letters.
import Theme from "vitepress/theme-without-fonts";
import "./style.css";

export default Theme;
