import { useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { outline } from "./drawing.js";
import type { Canvas } from "./edits.js";
import { canvas, targetVersion } from "./state.js";

interface Props {
  /** Colours and widths; signals that this or `under` reads draw it anew. */
  readonly lines: () => readonly (readonly [colour: string, width: number])[];
  /** Drawn below the line. */
  readonly under?: (context: CanvasRenderingContext2D, now: Canvas) => void;
}

/** The truth's border over a picture, as a canvas of its own: strokes on the prediction need not draw it again. */
export function Outline({ lines, under }: Props) {
  const element = useRef<HTMLCanvasElement>(null);
  const draw = () => {
    const target = element.current,
      now = canvas.value;
    void targetVersion.value;
    if (!target || !now) return;
    const { width, height } = now.scene,
      side = Math.round(target.clientWidth * Math.min(2, devicePixelRatio)) || 512;
    target.width = side;
    target.height = Math.round((side * height) / width);
    const context = target.getContext("2d");
    if (!context) return;
    under?.(context, now);
    outline(context, now.target, width, height, lines());
  };
  useSignalEffect(draw);
  useEffect(() => {
    const observer = new ResizeObserver(draw);
    if (element.current) observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return <canvas class="outline" ref={element} />;
}
