import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse('{"title":"The public API","description":"","frontmatter":{},"headers":[],"relativePath":"api.md","filePath":"api.md"}');
const _sfc_main = { name: "api.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}><h1 id="the-public-api" tabindex="-1">The public API <a class="header-anchor" href="#the-public-api" aria-label="Permalink to &quot;The public API&quot;">​</a></h1><p>What changes here changes what users see: a difference belongs in CHANGELOG.md.</p><h2 id="segloss" tabindex="-1">segloss <a class="header-anchor" href="#segloss" aria-label="Permalink to &quot;segloss&quot;">​</a></h2><h3 id="abhusepoly1crossentropylossarguments" tabindex="-1">AbhusePoly1CrossEntropyLossArguments <a class="header-anchor" href="#abhusepoly1crossentropylossarguments" aria-label="Permalink to &quot;AbhusePoly1CrossEntropyLossArguments&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface AbhusePoly1CrossEntropyLossArguments {</span></span>
<span class="line"><span>    readonly epsilon?: number | undefined;</span></span>
<span class="line"><span>    readonly reduction?: &quot;mean&quot; | &quot;sum&quot; | undefined;</span></span>
<span class="line"><span>    readonly weight?: readonly number[] | null | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="abhusepoly1focallossarguments" tabindex="-1">AbhusePoly1FocalLossArguments <a class="header-anchor" href="#abhusepoly1focallossarguments" aria-label="Permalink to &quot;AbhusePoly1FocalLossArguments&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface AbhusePoly1FocalLossArguments {</span></span>
<span class="line"><span>    readonly epsilon?: number | undefined;</span></span>
<span class="line"><span>    readonly gamma?: number | undefined;</span></span>
<span class="line"><span>    readonly reduction?: &quot;mean&quot; | &quot;sum&quot; | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="abrahamdicelossarguments" tabindex="-1">AbrahamDiceLossArguments <a class="header-anchor" href="#abrahamdicelossarguments" aria-label="Permalink to &quot;AbrahamDiceLossArguments&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface AbrahamDiceLossArguments {</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="abrahamfocaltverskyarguments" tabindex="-1">AbrahamFocalTverskyArguments <a class="header-anchor" href="#abrahamfocaltverskyarguments" aria-label="Permalink to &quot;AbrahamFocalTverskyArguments&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface AbrahamFocalTverskyArguments {</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="abrahamtverskylossarguments" tabindex="-1">AbrahamTverskyLossArguments <a class="header-anchor" href="#abrahamtverskylossarguments" aria-label="Permalink to &quot;AbrahamTverskyLossArguments&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface AbrahamTverskyLossArguments {</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="activeboundaryoptions" tabindex="-1">ActiveBoundaryOptions <a class="header-anchor" href="#activeboundaryoptions" aria-label="Permalink to &quot;ActiveBoundaryOptions&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface ActiveBoundaryOptions {</span></span>
<span class="line"><span>    readonly maxBoundaryRatio?: number | undefined;</span></span>
<span class="line"><span>    readonly maxDistance?: number | undefined;</span></span>
<span class="line"><span>    readonly labelSmoothing?: number | undefined;</span></span>
<span class="line"><span>    readonly detachNeighbors?: boolean | undefined;</span></span>
<span class="line"><span>    readonly distance?: &quot;exact&quot; | &quot;truncated&quot; | undefined;</span></span>
<span class="line"><span>    readonly activation?: &quot;softmax&quot; | &quot;sigmoid&quot; | &quot;none&quot; | undefined;</span></span>
<span class="line"><span>    readonly ignoreIndex?: number | readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly reduction?: &quot;mean&quot; | &quot;sum&quot; | undefined;</span></span>
<span class="line"><span>    readonly layout?: &quot;channelsFirst&quot; | &quot;channelsLast&quot; | undefined;</span></span>
<span class="line"><span>    readonly spatialDims?: number | null | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="averagesymmetricsurfacedistancemetricoptions" tabindex="-1">AverageSymmetricSurfaceDistanceMetricOptions <a class="header-anchor" href="#averagesymmetricsurfacedistancemetricoptions" aria-label="Permalink to &quot;AverageSymmetricSurfaceDistanceMetricOptions&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface AverageSymmetricSurfaceDistanceMetricOptions {</span></span>
<span class="line"><span>    readonly spacing?: readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly activation?: &quot;softmax&quot; | &quot;sigmoid&quot; | &quot;none&quot; | undefined;</span></span>
<span class="line"><span>    readonly ignoreIndex?: number | readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly includeBackground?: boolean | null | undefined;</span></span>
<span class="line"><span>    readonly layout?: &quot;channelsFirst&quot; | &quot;channelsLast&quot; | undefined;</span></span>
<span class="line"><span>    readonly numClasses?: number | null | undefined;</span></span>
<span class="line"><span>    readonly labels?: readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly spatialDims?: number | null | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="bermanlovaszhingearguments" tabindex="-1">BermanLovaszHingeArguments <a class="header-anchor" href="#bermanlovaszhingearguments" aria-label="Permalink to &quot;BermanLovaszHingeArguments&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface BermanLovaszHingeArguments {</span></span>
<span class="line"><span>    readonly per_image?: boolean | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="bermanlovaszsoftmaxarguments" tabindex="-1">BermanLovaszSoftmaxArguments <a class="header-anchor" href="#bermanlovaszsoftmaxarguments" aria-label="Permalink to &quot;BermanLovaszSoftmaxArguments&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface BermanLovaszSoftmaxArguments {</span></span>
<span class="line"><span>    readonly classes?: &quot;present&quot; | &quot;all&quot; | undefined;</span></span>
<span class="line"><span>    readonly per_image?: boolean | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="boundaryawareoptions" tabindex="-1">BoundaryAwareOptions <a class="header-anchor" href="#boundaryawareoptions" aria-label="Permalink to &quot;BoundaryAwareOptions&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface BoundaryAwareOptions {</span></span>
<span class="line"><span>    readonly activation?: &quot;softmax&quot; | &quot;sigmoid&quot; | &quot;none&quot; | undefined;</span></span>
<span class="line"><span>    readonly classWeights?: readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly includeBackground?: boolean | undefined;</span></span>
<span class="line"><span>    readonly spacing?: readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly truncation?: number | null | undefined;</span></span>
<span class="line"><span>    readonly ignoreIndex?: number | readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly reduction?: &quot;mean&quot; | &quot;sum&quot; | undefined;</span></span>
<span class="line"><span>    readonly layout?: &quot;channelsFirst&quot; | &quot;channelsLast&quot; | undefined;</span></span>
<span class="line"><span>    readonly spatialDims?: number | null | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="boundarydifferenceoverunionoptions" tabindex="-1">BoundaryDifferenceOverUnionOptions <a class="header-anchor" href="#boundarydifferenceoverunionoptions" aria-label="Permalink to &quot;BoundaryDifferenceOverUnionOptions&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface BoundaryDifferenceOverUnionOptions {</span></span>
<span class="line"><span>    readonly classWeights?: readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly includeBackground?: boolean | undefined;</span></span>
<span class="line"><span>    readonly batch?: boolean | undefined;</span></span>
<span class="line"><span>    readonly smooth?: number | undefined;</span></span>
<span class="line"><span>    readonly alphaMax?: number | undefined;</span></span>
<span class="line"><span>    readonly alphaMin?: number | undefined;</span></span>
<span class="line"><span>    readonly activation?: &quot;softmax&quot; | &quot;sigmoid&quot; | &quot;none&quot; | undefined;</span></span>
<span class="line"><span>    readonly ignoreIndex?: number | readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly reduction?: &quot;mean&quot; | &quot;sum&quot; | undefined;</span></span>
<span class="line"><span>    readonly layout?: &quot;channelsFirst&quot; | &quot;channelsLast&quot; | undefined;</span></span>
<span class="line"><span>    readonly spatialDims?: number | null | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="boundaryioumetricoptions" tabindex="-1">BoundaryIouMetricOptions <a class="header-anchor" href="#boundaryioumetricoptions" aria-label="Permalink to &quot;BoundaryIouMetricOptions&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface BoundaryIouMetricOptions {</span></span>
<span class="line"><span>    readonly dilationRatio?: number | undefined;</span></span>
<span class="line"><span>    readonly width?: number | null | undefined;</span></span>
<span class="line"><span>    readonly emptyScore?: number | undefined;</span></span>
<span class="line"><span>    readonly activation?: &quot;softmax&quot; | &quot;sigmoid&quot; | &quot;none&quot; | undefined;</span></span>
<span class="line"><span>    readonly ignoreIndex?: number | readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly includeBackground?: boolean | null | undefined;</span></span>
<span class="line"><span>    readonly layout?: &quot;channelsFirst&quot; | &quot;channelsLast&quot; | undefined;</span></span>
<span class="line"><span>    readonly numClasses?: number | null | undefined;</span></span>
<span class="line"><span>    readonly labels?: readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly spatialDims?: number | null | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="boundaryoptions" tabindex="-1">BoundaryOptions <a class="header-anchor" href="#boundaryoptions" aria-label="Permalink to &quot;BoundaryOptions&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface BoundaryOptions {</span></span>
<span class="line"><span>    readonly classWeights?: readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly includeBackground?: boolean | undefined;</span></span>
<span class="line"><span>    readonly spacing?: readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly insideOffset?: number | undefined;</span></span>
<span class="line"><span>    readonly activation?: &quot;softmax&quot; | &quot;sigmoid&quot; | &quot;none&quot; | undefined;</span></span>
<span class="line"><span>    readonly ignoreIndex?: number | readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly reduction?: &quot;mean&quot; | &quot;sum&quot; | undefined;</span></span>
<span class="line"><span>    readonly layout?: &quot;channelsFirst&quot; | &quot;channelsLast&quot; | undefined;</span></span>
<span class="line"><span>    readonly spatialDims?: number | null | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="centerlinediceoptions" tabindex="-1">CenterlineDiceOptions <a class="header-anchor" href="#centerlinediceoptions" aria-label="Permalink to &quot;CenterlineDiceOptions&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface CenterlineDiceOptions {</span></span>
<span class="line"><span>    readonly iterations?: number | undefined;</span></span>
<span class="line"><span>    readonly smooth?: number | undefined;</span></span>
<span class="line"><span>    readonly average?: &quot;macro&quot; | &quot;micro&quot; | undefined;</span></span>
<span class="line"><span>    readonly classWeights?: readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly includeBackground?: boolean | null | undefined;</span></span>
<span class="line"><span>    readonly classes?: &quot;all&quot; | &quot;present&quot; | &quot;zeroAbsent&quot; | undefined;</span></span>
<span class="line"><span>    readonly batch?: boolean | undefined;</span></span>
<span class="line"><span>    readonly activation?: &quot;softmax&quot; | &quot;sigmoid&quot; | &quot;none&quot; | undefined;</span></span>
<span class="line"><span>    readonly ignoreIndex?: number | readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly reduction?: &quot;mean&quot; | &quot;sum&quot; | undefined;</span></span>
<span class="line"><span>    readonly layout?: &quot;channelsFirst&quot; | &quot;channelsLast&quot; | undefined;</span></span>
<span class="line"><span>    readonly spatialDims?: number | null | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="combooptions" tabindex="-1">ComboOptions <a class="header-anchor" href="#combooptions" aria-label="Permalink to &quot;ComboOptions&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface ComboOptions {</span></span>
<span class="line"><span>    readonly alpha?: number | undefined;</span></span>
<span class="line"><span>    readonly beta?: number | null | undefined;</span></span>
<span class="line"><span>    readonly labelSmoothing?: number | undefined;</span></span>
<span class="line"><span>    readonly smooth?: number | undefined;</span></span>
<span class="line"><span>    readonly smoothNumerator?: number | undefined;</span></span>
<span class="line"><span>    readonly smoothDenominator?: number | undefined;</span></span>
<span class="line"><span>    readonly squared?: boolean | undefined;</span></span>
<span class="line"><span>    readonly overlap?: &quot;l1&quot; | &quot;product&quot; | undefined;</span></span>
<span class="line"><span>    readonly classWeights?: readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly includeBackground?: boolean | undefined;</span></span>
<span class="line"><span>    readonly classes?: &quot;all&quot; | &quot;present&quot; | &quot;zeroAbsent&quot; | undefined;</span></span>
<span class="line"><span>    readonly batch?: boolean | undefined;</span></span>
<span class="line"><span>    readonly activation?: &quot;softmax&quot; | &quot;sigmoid&quot; | &quot;none&quot; | undefined;</span></span>
<span class="line"><span>    readonly ignoreIndex?: number | readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly reduction?: &quot;mean&quot; | &quot;sum&quot; | undefined;</span></span>
<span class="line"><span>    readonly layout?: &quot;channelsFirst&quot; | &quot;channelsLast&quot; | undefined;</span></span>
<span class="line"><span>    readonly spatialDims?: number | null | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="conditionalboundaryoptions" tabindex="-1">ConditionalBoundaryOptions <a class="header-anchor" href="#conditionalboundaryoptions" aria-label="Permalink to &quot;ConditionalBoundaryOptions&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface ConditionalBoundaryOptions {</span></span>
<span class="line"><span>    readonly classWeights?: readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly includeBackground?: boolean | undefined;</span></span>
<span class="line"><span>    readonly kernelSize?: number | undefined;</span></span>
<span class="line"><span>    readonly dilationRatio?: number | undefined;</span></span>
<span class="line"><span>    readonly contextWeight?: number | undefined;</span></span>
<span class="line"><span>    readonly pairWeight?: number | undefined;</span></span>
<span class="line"><span>    readonly classificationWeight?: number | undefined;</span></span>
<span class="line"><span>    readonly correctnessAware?: boolean | undefined;</span></span>
<span class="line"><span>    readonly activation?: &quot;softmax&quot; | &quot;sigmoid&quot; | &quot;none&quot; | undefined;</span></span>
<span class="line"><span>    readonly ignoreIndex?: number | readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly reduction?: &quot;mean&quot; | &quot;sum&quot; | undefined;</span></span>
<span class="line"><span>    readonly layout?: &quot;channelsFirst&quot; | &quot;channelsLast&quot; | undefined;</span></span>
<span class="line"><span>    readonly spatialDims?: number | null | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="crossentropyoptions" tabindex="-1">CrossEntropyOptions <a class="header-anchor" href="#crossentropyoptions" aria-label="Permalink to &quot;CrossEntropyOptions&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface CrossEntropyOptions {</span></span>
<span class="line"><span>    readonly classWeights?: readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly labelSmoothing?: number | undefined;</span></span>
<span class="line"><span>    readonly posWeight?: number | readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly activation?: &quot;softmax&quot; | &quot;sigmoid&quot; | &quot;none&quot; | undefined;</span></span>
<span class="line"><span>    readonly ignoreIndex?: number | readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly reduction?: &quot;mean&quot; | &quot;sum&quot; | undefined;</span></span>
<span class="line"><span>    readonly layout?: &quot;channelsFirst&quot; | &quot;channelsLast&quot; | undefined;</span></span>
<span class="line"><span>    readonly spatialDims?: number | null | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="declaration" tabindex="-1">Declaration <a class="header-anchor" href="#declaration" aria-label="Permalink to &quot;Declaration&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface Declaration&lt;N extends string = string, O extends Options = Options&gt; {</span></span>
<span class="line"><span>    readonly name: N;</span></span>
<span class="line"><span>    readonly title: string;</span></span>
<span class="line"><span>    readonly category: Category;</span></span>
<span class="line"><span>    readonly family: Family;</span></span>
<span class="line"><span>    readonly formula: string;</span></span>
<span class="line"><span>    readonly options: O;</span></span>
<span class="line"><span>    readonly extras: readonly string[];</span></span>
<span class="line"><span>    readonly unweighted?: string;</span></span>
<span class="line"><span>    readonly needs: {</span></span>
<span class="line"><span>        readonly labels?: boolean;</span></span>
<span class="line"><span>        readonly categorical?: boolean;</span></span>
<span class="line"><span>        readonly hard?: boolean;</span></span>
<span class="line"><span>        readonly several?: boolean;</span></span>
<span class="line"><span>        readonly planar?: boolean;</span></span>
<span class="line"><span>        readonly activation?: &quot;softmax&quot; | &quot;sigmoid&quot;;</span></span>
<span class="line"><span>    };</span></span>
<span class="line"><span>    readonly raw?: boolean;</span></span>
<span class="line"><span>    readonly prepares?: &quot;labels&quot; | &quot;classes&quot;;</span></span>
<span class="line"><span>    readonly reference: Reference;</span></span>
<span class="line"><span>    readonly advantages: readonly string[];</span></span>
<span class="line"><span>    readonly disadvantages: readonly string[];</span></span>
<span class="line"><span>    readonly useCases: readonly string[];</span></span>
<span class="line"><span>    readonly encode?: (options: Planned&lt;O&gt;, labels: LabelArray, geometry: Geometry, squaredDistance: SquaredDistance) =&gt; Int16Array;</span></span>
<span class="line"><span>    readonly splits?: (options: Values&lt;O&gt;, call: {</span></span>
<span class="line"><span>        readonly classes: number;</span></span>
<span class="line"><span>        readonly length: (extra: string) =&gt; number | undefined;</span></span>
<span class="line"><span>    }) =&gt; boolean;</span></span>
<span class="line"><span>    readonly asset?: (extra: Readonly&lt;Record&lt;string, unknown&gt;&gt;) =&gt; Promise&lt;void&gt;;</span></span>
<span class="line"><span>    readonly prepare?: (options: Planned&lt;O&gt;, context: TargetContext) =&gt; Float32Array;</span></span>
<span class="line"><span>    plan(options: Planned&lt;O&gt;, context: PlanContext): readonly Term[];</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="dicemetricoptions" tabindex="-1">DiceMetricOptions <a class="header-anchor" href="#dicemetricoptions" aria-label="Permalink to &quot;DiceMetricOptions&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface DiceMetricOptions {</span></span>
<span class="line"><span>    readonly emptyScore?: number | undefined;</span></span>
<span class="line"><span>    readonly activation?: &quot;softmax&quot; | &quot;sigmoid&quot; | &quot;none&quot; | undefined;</span></span>
<span class="line"><span>    readonly ignoreIndex?: number | readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly includeBackground?: boolean | null | undefined;</span></span>
<span class="line"><span>    readonly layout?: &quot;channelsFirst&quot; | &quot;channelsLast&quot; | undefined;</span></span>
<span class="line"><span>    readonly numClasses?: number | null | undefined;</span></span>
<span class="line"><span>    readonly labels?: readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly spatialDims?: number | null | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="diceoptions" tabindex="-1">DiceOptions <a class="header-anchor" href="#diceoptions" aria-label="Permalink to &quot;DiceOptions&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface DiceOptions {</span></span>
<span class="line"><span>    readonly smooth?: number | undefined;</span></span>
<span class="line"><span>    readonly smoothNumerator?: number | undefined;</span></span>
<span class="line"><span>    readonly smoothDenominator?: number | undefined;</span></span>
<span class="line"><span>    readonly squared?: boolean | undefined;</span></span>
<span class="line"><span>    readonly overlap?: &quot;l1&quot; | &quot;product&quot; | undefined;</span></span>
<span class="line"><span>    readonly average?: &quot;macro&quot; | &quot;micro&quot; | undefined;</span></span>
<span class="line"><span>    readonly classWeights?: readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly includeBackground?: boolean | undefined;</span></span>
<span class="line"><span>    readonly classes?: &quot;all&quot; | &quot;present&quot; | &quot;zeroAbsent&quot; | undefined;</span></span>
<span class="line"><span>    readonly batch?: boolean | undefined;</span></span>
<span class="line"><span>    readonly activation?: &quot;softmax&quot; | &quot;sigmoid&quot; | &quot;none&quot; | undefined;</span></span>
<span class="line"><span>    readonly ignoreIndex?: number | readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly reduction?: &quot;mean&quot; | &quot;sum&quot; | undefined;</span></span>
<span class="line"><span>    readonly layout?: &quot;channelsFirst&quot; | &quot;channelsLast&quot; | undefined;</span></span>
<span class="line"><span>    readonly spatialDims?: number | null | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="distancemapcrossentropyoptions" tabindex="-1">DistanceMapCrossEntropyOptions <a class="header-anchor" href="#distancemapcrossentropyoptions" aria-label="Permalink to &quot;DistanceMapCrossEntropyOptions&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface DistanceMapCrossEntropyOptions {</span></span>
<span class="line"><span>    readonly normalize?: boolean | undefined;</span></span>
<span class="line"><span>    readonly spacing?: readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly classWeights?: readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly activation?: &quot;softmax&quot; | &quot;sigmoid&quot; | &quot;none&quot; | undefined;</span></span>
<span class="line"><span>    readonly ignoreIndex?: number | readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly reduction?: &quot;mean&quot; | &quot;sum&quot; | undefined;</span></span>
<span class="line"><span>    readonly layout?: &quot;channelsFirst&quot; | &quot;channelsLast&quot; | undefined;</span></span>
<span class="line"><span>    readonly spatialDims?: number | null | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="exponentiallogarithmicoptions" tabindex="-1">ExponentialLogarithmicOptions <a class="header-anchor" href="#exponentiallogarithmicoptions" aria-label="Permalink to &quot;ExponentialLogarithmicOptions&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface ExponentialLogarithmicOptions {</span></span>
<span class="line"><span>    readonly diceWeight?: number | undefined;</span></span>
<span class="line"><span>    readonly crossEntropyWeight?: number | undefined;</span></span>
<span class="line"><span>    readonly gamma?: number | undefined;</span></span>
<span class="line"><span>    readonly gammaDice?: number | undefined;</span></span>
<span class="line"><span>    readonly gammaCrossEntropy?: number | undefined;</span></span>
<span class="line"><span>    readonly smooth?: number | undefined;</span></span>
<span class="line"><span>    readonly smoothNumerator?: number | undefined;</span></span>
<span class="line"><span>    readonly smoothDenominator?: number | undefined;</span></span>
<span class="line"><span>    readonly overlap?: &quot;l1&quot; | &quot;product&quot; | undefined;</span></span>
<span class="line"><span>    readonly classWeights?: readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly includeBackground?: boolean | undefined;</span></span>
<span class="line"><span>    readonly classes?: &quot;all&quot; | &quot;present&quot; | &quot;zeroAbsent&quot; | undefined;</span></span>
<span class="line"><span>    readonly batch?: boolean | undefined;</span></span>
<span class="line"><span>    readonly activation?: &quot;softmax&quot; | &quot;sigmoid&quot; | &quot;none&quot; | undefined;</span></span>
<span class="line"><span>    readonly ignoreIndex?: number | readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly reduction?: &quot;mean&quot; | &quot;sum&quot; | undefined;</span></span>
<span class="line"><span>    readonly layout?: &quot;channelsFirst&quot; | &quot;channelsLast&quot; | undefined;</span></span>
<span class="line"><span>    readonly spatialDims?: number | null | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="extra" tabindex="-1">Extra <a class="header-anchor" href="#extra" aria-label="Permalink to &quot;Extra&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface Extra {</span></span>
<span class="line"><span>    readonly out?: Float32Array;</span></span>
<span class="line"><span>    readonly [input: string]: TensorLike | Float32Array | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="fidongeneralizedwassersteindicelossarguments" tabindex="-1">FidonGeneralizedWassersteinDiceLossArguments <a class="header-anchor" href="#fidongeneralizedwassersteindicelossarguments" aria-label="Permalink to &quot;FidonGeneralizedWassersteinDiceLossArguments&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface FidonGeneralizedWassersteinDiceLossArguments {</span></span>
<span class="line"><span>    readonly dist_matrix?: readonly (readonly number[])[] | null | undefined;</span></span>
<span class="line"><span>    readonly weighting_mode?: &quot;default&quot; | &quot;GDL&quot; | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="finding" tabindex="-1">Finding <a class="header-anchor" href="#finding" aria-label="Permalink to &quot;Finding&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface Finding {</span></span>
<span class="line"><span>    readonly code: FindingCode;</span></span>
<span class="line"><span>    readonly message: string;</span></span>
<span class="line"><span>    readonly perClass?: readonly number[];</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="findingcode" tabindex="-1">FindingCode <a class="header-anchor" href="#findingcode" aria-label="Permalink to &quot;FindingCode&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>type FindingCode = SegLossErrorCode | &quot;NOT_FINITE&quot; | &quot;LOOKS_LIKE_PROBABILITIES&quot; | &quot;SATURATED&quot; | &quot;LAYOUT_SWAPPED&quot; | &quot;UNDECLARED_VOID&quot; | &quot;EMPTY_CLASSES&quot; | &quot;CLASS_IMBALANCE&quot; | &quot;GRADIENT_SHARE&quot;;</span></span></code></pre></div><h3 id="focaloptions" tabindex="-1">FocalOptions <a class="header-anchor" href="#focaloptions" aria-label="Permalink to &quot;FocalOptions&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface FocalOptions {</span></span>
<span class="line"><span>    readonly gamma?: number | undefined;</span></span>
<span class="line"><span>    readonly alpha?: number | null | undefined;</span></span>
<span class="line"><span>    readonly classWeights?: readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly activation?: &quot;softmax&quot; | &quot;sigmoid&quot; | &quot;none&quot; | undefined;</span></span>
<span class="line"><span>    readonly ignoreIndex?: number | readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly reduction?: &quot;mean&quot; | &quot;sum&quot; | undefined;</span></span>
<span class="line"><span>    readonly layout?: &quot;channelsFirst&quot; | &quot;channelsLast&quot; | undefined;</span></span>
<span class="line"><span>    readonly spatialDims?: number | null | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="focaltverskyoptions" tabindex="-1">FocalTverskyOptions <a class="header-anchor" href="#focaltverskyoptions" aria-label="Permalink to &quot;FocalTverskyOptions&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface FocalTverskyOptions {</span></span>
<span class="line"><span>    readonly alpha?: number | undefined;</span></span>
<span class="line"><span>    readonly beta?: number | undefined;</span></span>
<span class="line"><span>    readonly gamma?: number | undefined;</span></span>
<span class="line"><span>    readonly smooth?: number | undefined;</span></span>
<span class="line"><span>    readonly smoothNumerator?: number | undefined;</span></span>
<span class="line"><span>    readonly smoothDenominator?: number | undefined;</span></span>
<span class="line"><span>    readonly overlap?: &quot;l1&quot; | &quot;product&quot; | undefined;</span></span>
<span class="line"><span>    readonly classWeights?: readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly includeBackground?: boolean | undefined;</span></span>
<span class="line"><span>    readonly classes?: &quot;all&quot; | &quot;present&quot; | &quot;zeroAbsent&quot; | undefined;</span></span>
<span class="line"><span>    readonly batch?: boolean | undefined;</span></span>
<span class="line"><span>    readonly activation?: &quot;softmax&quot; | &quot;sigmoid&quot; | &quot;none&quot; | undefined;</span></span>
<span class="line"><span>    readonly ignoreIndex?: number | readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly reduction?: &quot;mean&quot; | &quot;sum&quot; | undefined;</span></span>
<span class="line"><span>    readonly layout?: &quot;channelsFirst&quot; | &quot;channelsLast&quot; | undefined;</span></span>
<span class="line"><span>    readonly spatialDims?: number | null | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="generalizeddiceoptions" tabindex="-1">GeneralizedDiceOptions <a class="header-anchor" href="#generalizeddiceoptions" aria-label="Permalink to &quot;GeneralizedDiceOptions&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface GeneralizedDiceOptions {</span></span>
<span class="line"><span>    readonly weighting?: &quot;square&quot; | &quot;simple&quot; | &quot;uniform&quot; | undefined;</span></span>
<span class="line"><span>    readonly smooth?: number | undefined;</span></span>
<span class="line"><span>    readonly smoothNumerator?: number | undefined;</span></span>
<span class="line"><span>    readonly smoothDenominator?: number | undefined;</span></span>
<span class="line"><span>    readonly classes?: &quot;all&quot; | &quot;present&quot; | undefined;</span></span>
<span class="line"><span>    readonly includeBackground?: boolean | undefined;</span></span>
<span class="line"><span>    readonly batch?: boolean | undefined;</span></span>
<span class="line"><span>    readonly overlap?: &quot;l1&quot; | &quot;product&quot; | undefined;</span></span>
<span class="line"><span>    readonly activation?: &quot;softmax&quot; | &quot;sigmoid&quot; | &quot;none&quot; | undefined;</span></span>
<span class="line"><span>    readonly ignoreIndex?: number | readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly reduction?: &quot;mean&quot; | &quot;sum&quot; | undefined;</span></span>
<span class="line"><span>    readonly layout?: &quot;channelsFirst&quot; | &quot;channelsLast&quot; | undefined;</span></span>
<span class="line"><span>    readonly spatialDims?: number | null | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="generalizedwassersteindiceoptions" tabindex="-1">GeneralizedWassersteinDiceOptions <a class="header-anchor" href="#generalizedwassersteindiceoptions" aria-label="Permalink to &quot;GeneralizedWassersteinDiceOptions&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface GeneralizedWassersteinDiceOptions {</span></span>
<span class="line"><span>    readonly distanceMatrix?: readonly (readonly number[])[] | null | undefined;</span></span>
<span class="line"><span>    readonly weighting?: &quot;default&quot; | &quot;GDL&quot; | undefined;</span></span>
<span class="line"><span>    readonly smooth?: number | undefined;</span></span>
<span class="line"><span>    readonly smoothNumerator?: number | undefined;</span></span>
<span class="line"><span>    readonly smoothDenominator?: number | undefined;</span></span>
<span class="line"><span>    readonly batch?: boolean | undefined;</span></span>
<span class="line"><span>    readonly activation?: &quot;softmax&quot; | &quot;sigmoid&quot; | &quot;none&quot; | undefined;</span></span>
<span class="line"><span>    readonly ignoreIndex?: number | readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly reduction?: &quot;mean&quot; | &quot;sum&quot; | undefined;</span></span>
<span class="line"><span>    readonly layout?: &quot;channelsFirst&quot; | &quot;channelsLast&quot; | undefined;</span></span>
<span class="line"><span>    readonly spatialDims?: number | null | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="gonzaleztlossarguments" tabindex="-1">GonzalezTLossArguments <a class="header-anchor" href="#gonzaleztlossarguments" aria-label="Permalink to &quot;GonzalezTLossArguments&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface GonzalezTLossArguments {</span></span>
<span class="line"><span>    readonly nu?: number | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="hausdorffdistancemetricoptions" tabindex="-1">HausdorffDistanceMetricOptions <a class="header-anchor" href="#hausdorffdistancemetricoptions" aria-label="Permalink to &quot;HausdorffDistanceMetricOptions&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface HausdorffDistanceMetricOptions {</span></span>
<span class="line"><span>    readonly percentile?: number | undefined;</span></span>
<span class="line"><span>    readonly spacing?: readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly activation?: &quot;softmax&quot; | &quot;sigmoid&quot; | &quot;none&quot; | undefined;</span></span>
<span class="line"><span>    readonly ignoreIndex?: number | readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly includeBackground?: boolean | null | undefined;</span></span>
<span class="line"><span>    readonly layout?: &quot;channelsFirst&quot; | &quot;channelsLast&quot; | undefined;</span></span>
<span class="line"><span>    readonly numClasses?: number | null | undefined;</span></span>
<span class="line"><span>    readonly labels?: readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly spatialDims?: number | null | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="hausdorffdistanceoptions" tabindex="-1">HausdorffDistanceOptions <a class="header-anchor" href="#hausdorffdistanceoptions" aria-label="Permalink to &quot;HausdorffDistanceOptions&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface HausdorffDistanceOptions {</span></span>
<span class="line"><span>    readonly classWeights?: readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly includeBackground?: boolean | undefined;</span></span>
<span class="line"><span>    readonly spacing?: readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly variant?: &quot;distanceTransform&quot; | &quot;erosion&quot; | &quot;convolution&quot; | undefined;</span></span>
<span class="line"><span>    readonly alpha?: number | undefined;</span></span>
<span class="line"><span>    readonly log?: boolean | undefined;</span></span>
<span class="line"><span>    readonly oneSided?: boolean | undefined;</span></span>
<span class="line"><span>    readonly erosions?: number | undefined;</span></span>
<span class="line"><span>    readonly scaling?: &quot;minMax&quot; | &quot;fixed&quot; | &quot;none&quot; | undefined;</span></span>
<span class="line"><span>    readonly threshold?: number | undefined;</span></span>
<span class="line"><span>    readonly radii?: readonly number[] | undefined;</span></span>
<span class="line"><span>    readonly activation?: &quot;softmax&quot; | &quot;sigmoid&quot; | &quot;none&quot; | undefined;</span></span>
<span class="line"><span>    readonly ignoreIndex?: number | readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly reduction?: &quot;mean&quot; | &quot;sum&quot; | undefined;</span></span>
<span class="line"><span>    readonly layout?: &quot;channelsFirst&quot; | &quot;channelsLast&quot; | undefined;</span></span>
<span class="line"><span>    readonly spatialDims?: number | null | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="hrnetohemcrossentropyarguments" tabindex="-1">HrnetOhemCrossEntropyArguments <a class="header-anchor" href="#hrnetohemcrossentropyarguments" aria-label="Permalink to &quot;HrnetOhemCrossEntropyArguments&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface HrnetOhemCrossEntropyArguments {</span></span>
<span class="line"><span>    readonly ignore_label?: number | undefined;</span></span>
<span class="line"><span>    readonly thres?: number | undefined;</span></span>
<span class="line"><span>    readonly min_kept?: number | undefined;</span></span>
<span class="line"><span>    readonly weight?: readonly number[] | null | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="inspection" tabindex="-1">Inspection <a class="header-anchor" href="#inspection" aria-label="Permalink to &quot;Inspection&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface Inspection {</span></span>
<span class="line"><span>    readonly findings: readonly Finding[];</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="inverseformoptions" tabindex="-1">InverseFormOptions <a class="header-anchor" href="#inverseformoptions" aria-label="Permalink to &quot;InverseFormOptions&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface InverseFormOptions {</span></span>
<span class="line"><span>    readonly distance?: &quot;euclidean&quot; | &quot;geodesic&quot; | undefined;</span></span>
<span class="line"><span>    readonly tileSize?: number | undefined;</span></span>
<span class="line"><span>    readonly downsample?: number | undefined;</span></span>
<span class="line"><span>    readonly activation?: &quot;softmax&quot; | &quot;sigmoid&quot; | &quot;none&quot; | undefined;</span></span>
<span class="line"><span>    readonly ignoreIndex?: number | readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly reduction?: &quot;mean&quot; | &quot;sum&quot; | undefined;</span></span>
<span class="line"><span>    readonly layout?: &quot;channelsFirst&quot; | &quot;channelsLast&quot; | undefined;</span></span>
<span class="line"><span>    readonly spatialDims?: number | null | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="ioumetricoptions" tabindex="-1">IouMetricOptions <a class="header-anchor" href="#ioumetricoptions" aria-label="Permalink to &quot;IouMetricOptions&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface IouMetricOptions {</span></span>
<span class="line"><span>    readonly emptyScore?: number | undefined;</span></span>
<span class="line"><span>    readonly activation?: &quot;softmax&quot; | &quot;sigmoid&quot; | &quot;none&quot; | undefined;</span></span>
<span class="line"><span>    readonly ignoreIndex?: number | readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly includeBackground?: boolean | null | undefined;</span></span>
<span class="line"><span>    readonly layout?: &quot;channelsFirst&quot; | &quot;channelsLast&quot; | undefined;</span></span>
<span class="line"><span>    readonly numClasses?: number | null | undefined;</span></span>
<span class="line"><span>    readonly labels?: readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly spatialDims?: number | null | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="iouoptions" tabindex="-1">IouOptions <a class="header-anchor" href="#iouoptions" aria-label="Permalink to &quot;IouOptions&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface IouOptions {</span></span>
<span class="line"><span>    readonly smooth?: number | undefined;</span></span>
<span class="line"><span>    readonly smoothNumerator?: number | undefined;</span></span>
<span class="line"><span>    readonly smoothDenominator?: number | undefined;</span></span>
<span class="line"><span>    readonly overlap?: &quot;l1&quot; | &quot;product&quot; | undefined;</span></span>
<span class="line"><span>    readonly average?: &quot;macro&quot; | &quot;micro&quot; | undefined;</span></span>
<span class="line"><span>    readonly classWeights?: readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly includeBackground?: boolean | undefined;</span></span>
<span class="line"><span>    readonly classes?: &quot;all&quot; | &quot;present&quot; | &quot;zeroAbsent&quot; | undefined;</span></span>
<span class="line"><span>    readonly batch?: boolean | undefined;</span></span>
<span class="line"><span>    readonly activation?: &quot;softmax&quot; | &quot;sigmoid&quot; | &quot;none&quot; | undefined;</span></span>
<span class="line"><span>    readonly ignoreIndex?: number | readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly reduction?: &quot;mean&quot; | &quot;sum&quot; | undefined;</span></span>
<span class="line"><span>    readonly layout?: &quot;channelsFirst&quot; | &quot;channelsLast&quot; | undefined;</span></span>
<span class="line"><span>    readonly spatialDims?: number | null | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="kervadecsurfacelossarguments" tabindex="-1">KervadecSurfaceLossArguments <a class="header-anchor" href="#kervadecsurfacelossarguments" aria-label="Permalink to &quot;KervadecSurfaceLossArguments&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface KervadecSurfaceLossArguments {</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="kirchhoffsoftskeletonrecalllossarguments" tabindex="-1">KirchhoffSoftSkeletonRecallLossArguments <a class="header-anchor" href="#kirchhoffsoftskeletonrecalllossarguments" aria-label="Permalink to &quot;KirchhoffSoftSkeletonRecallLossArguments&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface KirchhoffSoftSkeletonRecallLossArguments {</span></span>
<span class="line"><span>    readonly batch_dice?: boolean | undefined;</span></span>
<span class="line"><span>    readonly smooth?: number | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="korniabinaryfocallosswithlogitsarguments" tabindex="-1">KorniaBinaryFocalLossWithLogitsArguments <a class="header-anchor" href="#korniabinaryfocallosswithlogitsarguments" aria-label="Permalink to &quot;KorniaBinaryFocalLossWithLogitsArguments&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface KorniaBinaryFocalLossWithLogitsArguments {</span></span>
<span class="line"><span>    readonly alpha?: number | null | undefined;</span></span>
<span class="line"><span>    readonly gamma?: number | undefined;</span></span>
<span class="line"><span>    readonly reduction?: &quot;mean&quot; | &quot;sum&quot; | undefined;</span></span>
<span class="line"><span>    readonly weight?: number | readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly ignore_index?: number | undefined;</span></span>
<span class="line"><span>    readonly pos_weight?: unknown;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="korniadicelossarguments" tabindex="-1">KorniaDiceLossArguments <a class="header-anchor" href="#korniadicelossarguments" aria-label="Permalink to &quot;KorniaDiceLossArguments&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface KorniaDiceLossArguments {</span></span>
<span class="line"><span>    readonly average?: &quot;micro&quot; | &quot;macro&quot; | undefined;</span></span>
<span class="line"><span>    readonly eps?: number | undefined;</span></span>
<span class="line"><span>    readonly weight?: readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly ignore_index?: number | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="korniafocallossarguments" tabindex="-1">KorniaFocalLossArguments <a class="header-anchor" href="#korniafocallossarguments" aria-label="Permalink to &quot;KorniaFocalLossArguments&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface KorniaFocalLossArguments {</span></span>
<span class="line"><span>    readonly alpha?: number | null | undefined;</span></span>
<span class="line"><span>    readonly gamma?: number | undefined;</span></span>
<span class="line"><span>    readonly reduction?: &quot;mean&quot; | &quot;sum&quot; | undefined;</span></span>
<span class="line"><span>    readonly weight?: number | readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly ignore_index?: number | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="korniahausdorfferlossarguments" tabindex="-1">KorniaHausdorffERLossArguments <a class="header-anchor" href="#korniahausdorfferlossarguments" aria-label="Permalink to &quot;KorniaHausdorffERLossArguments&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface KorniaHausdorffERLossArguments {</span></span>
<span class="line"><span>    readonly alpha?: number | undefined;</span></span>
<span class="line"><span>    readonly k?: number | undefined;</span></span>
<span class="line"><span>    readonly reduction?: &quot;mean&quot; | &quot;sum&quot; | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="korniatverskylossarguments" tabindex="-1">KorniaTverskyLossArguments <a class="header-anchor" href="#korniatverskylossarguments" aria-label="Permalink to &quot;KorniaTverskyLossArguments&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface KorniaTverskyLossArguments {</span></span>
<span class="line"><span>    readonly alpha?: number | undefined;</span></span>
<span class="line"><span>    readonly beta?: number | undefined;</span></span>
<span class="line"><span>    readonly eps?: number | undefined;</span></span>
<span class="line"><span>    readonly ignore_index?: number | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="labelnames" tabindex="-1">LabelNames <a class="header-anchor" href="#labelnames" aria-label="Permalink to &quot;LabelNames&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>type LabelNames = Readonly&lt;Record&lt;number, number&gt;&gt;;</span></span></code></pre></div><h3 id="labelregions" tabindex="-1">LabelRegions <a class="header-anchor" href="#labelregions" aria-label="Permalink to &quot;LabelRegions&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>type LabelRegions = readonly (readonly number[])[];</span></span></code></pre></div><h3 id="loadoptions" tabindex="-1">LoadOptions <a class="header-anchor" href="#loadoptions" aria-label="Permalink to &quot;LoadOptions&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface LoadOptions {</span></span>
<span class="line"><span>    readonly wasm?: WasmSource;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="logcoshdiceoptions" tabindex="-1">LogCoshDiceOptions <a class="header-anchor" href="#logcoshdiceoptions" aria-label="Permalink to &quot;LogCoshDiceOptions&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface LogCoshDiceOptions {</span></span>
<span class="line"><span>    readonly smooth?: number | undefined;</span></span>
<span class="line"><span>    readonly smoothNumerator?: number | undefined;</span></span>
<span class="line"><span>    readonly smoothDenominator?: number | undefined;</span></span>
<span class="line"><span>    readonly squared?: boolean | undefined;</span></span>
<span class="line"><span>    readonly overlap?: &quot;l1&quot; | &quot;product&quot; | undefined;</span></span>
<span class="line"><span>    readonly average?: &quot;macro&quot; | &quot;micro&quot; | undefined;</span></span>
<span class="line"><span>    readonly classWeights?: readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly includeBackground?: boolean | undefined;</span></span>
<span class="line"><span>    readonly classes?: &quot;all&quot; | &quot;present&quot; | &quot;zeroAbsent&quot; | undefined;</span></span>
<span class="line"><span>    readonly batch?: boolean | undefined;</span></span>
<span class="line"><span>    readonly activation?: &quot;softmax&quot; | &quot;sigmoid&quot; | &quot;none&quot; | undefined;</span></span>
<span class="line"><span>    readonly ignoreIndex?: number | readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly reduction?: &quot;mean&quot; | &quot;sum&quot; | undefined;</span></span>
<span class="line"><span>    readonly layout?: &quot;channelsFirst&quot; | &quot;channelsLast&quot; | undefined;</span></span>
<span class="line"><span>    readonly spatialDims?: number | null | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="loss" tabindex="-1">Loss <a class="header-anchor" href="#loss" aria-label="Permalink to &quot;Loss&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface Loss {</span></span>
<span class="line"><span>    readonly name: string;</span></span>
<span class="line"><span>    readonly options: Readonly&lt;Record&lt;string, unknown&gt;&gt;;</span></span>
<span class="line"><span>    value(pred: TensorLike, target: Target, extra?: Extra): number;</span></span>
<span class="line"><span>    valueAndGrad(pred: TensorLike, target: Target, extra?: Extra): ValueAndGrad;</span></span>
<span class="line"><span>    prepare(target: TensorLike): PreparedTarget;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="lossname" tabindex="-1">LossName <a class="header-anchor" href="#lossname" aria-label="Permalink to &quot;LossName&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>type LossName = Entry[&quot;name&quot;];</span></span></code></pre></div><h3 id="lossoptions" tabindex="-1">LossOptions <a class="header-anchor" href="#lossoptions" aria-label="Permalink to &quot;LossOptions&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface LossOptions {</span></span>
<span class="line"><span>    readonly crossEntropy: CrossEntropyOptions;</span></span>
<span class="line"><span>    readonly topK: TopKOptions;</span></span>
<span class="line"><span>    readonly focal: FocalOptions;</span></span>
<span class="line"><span>    readonly distanceMapCrossEntropy: DistanceMapCrossEntropyOptions;</span></span>
<span class="line"><span>    readonly poly: PolyOptions;</span></span>
<span class="line"><span>    readonly marginCalibration: MarginCalibrationOptions;</span></span>
<span class="line"><span>    readonly nacl: NaclOptions;</span></span>
<span class="line"><span>    readonly ohem: OhemOptions;</span></span>
<span class="line"><span>    readonly dice: DiceOptions;</span></span>
<span class="line"><span>    readonly logCoshDice: LogCoshDiceOptions;</span></span>
<span class="line"><span>    readonly generalizedWassersteinDice: GeneralizedWassersteinDiceOptions;</span></span>
<span class="line"><span>    readonly iou: IouOptions;</span></span>
<span class="line"><span>    readonly lovaszSoftmax: LovaszSoftmaxOptions;</span></span>
<span class="line"><span>    readonly tversky: TverskyOptions;</span></span>
<span class="line"><span>    readonly focalTversky: FocalTverskyOptions;</span></span>
<span class="line"><span>    readonly sensitivitySpecificity: SensitivitySpecificityOptions;</span></span>
<span class="line"><span>    readonly regionMutualInformation: RegionMutualInformationOptions;</span></span>
<span class="line"><span>    readonly robustT: RobustTOptions;</span></span>
<span class="line"><span>    readonly generalizedDice: GeneralizedDiceOptions;</span></span>
<span class="line"><span>    readonly matthewsCorrelation: MatthewsCorrelationOptions;</span></span>
<span class="line"><span>    readonly lovaszHinge: LovaszHingeOptions;</span></span>
<span class="line"><span>    readonly skeletonRecall: SkeletonRecallOptions;</span></span>
<span class="line"><span>    readonly centerlineDice: CenterlineDiceOptions;</span></span>
<span class="line"><span>    readonly topological: TopologicalOptions;</span></span>
<span class="line"><span>    readonly boundary: BoundaryOptions;</span></span>
<span class="line"><span>    readonly hausdorffDistance: HausdorffDistanceOptions;</span></span>
<span class="line"><span>    readonly boundaryAware: BoundaryAwareOptions;</span></span>
<span class="line"><span>    readonly activeBoundary: ActiveBoundaryOptions;</span></span>
<span class="line"><span>    readonly inverseForm: InverseFormOptions;</span></span>
<span class="line"><span>    readonly conditionalBoundary: ConditionalBoundaryOptions;</span></span>
<span class="line"><span>    readonly boundaryDifferenceOverUnion: BoundaryDifferenceOverUnionOptions;</span></span>
<span class="line"><span>    readonly regionWise: RegionWiseOptions;</span></span>
<span class="line"><span>    readonly combo: ComboOptions;</span></span>
<span class="line"><span>    readonly exponentialLogarithmic: ExponentialLogarithmicOptions;</span></span>
<span class="line"><span>    readonly unifiedFocal: UnifiedFocalOptions;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="lovaszhingeoptions" tabindex="-1">LovaszHingeOptions <a class="header-anchor" href="#lovaszhingeoptions" aria-label="Permalink to &quot;LovaszHingeOptions&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface LovaszHingeOptions {</span></span>
<span class="line"><span>    readonly classWeights?: readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly includeBackground?: boolean | undefined;</span></span>
<span class="line"><span>    readonly classes?: &quot;all&quot; | &quot;present&quot; | &quot;zeroAbsent&quot; | undefined;</span></span>
<span class="line"><span>    readonly batch?: boolean | undefined;</span></span>
<span class="line"><span>    readonly average?: &quot;macro&quot; | &quot;micro&quot; | undefined;</span></span>
<span class="line"><span>    readonly activation?: &quot;softmax&quot; | &quot;sigmoid&quot; | &quot;none&quot; | undefined;</span></span>
<span class="line"><span>    readonly ignoreIndex?: number | readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly reduction?: &quot;mean&quot; | &quot;sum&quot; | undefined;</span></span>
<span class="line"><span>    readonly layout?: &quot;channelsFirst&quot; | &quot;channelsLast&quot; | undefined;</span></span>
<span class="line"><span>    readonly spatialDims?: number | null | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="lovaszsoftmaxoptions" tabindex="-1">LovaszSoftmaxOptions <a class="header-anchor" href="#lovaszsoftmaxoptions" aria-label="Permalink to &quot;LovaszSoftmaxOptions&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface LovaszSoftmaxOptions {</span></span>
<span class="line"><span>    readonly classWeights?: readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly includeBackground?: boolean | undefined;</span></span>
<span class="line"><span>    readonly classes?: &quot;all&quot; | &quot;present&quot; | &quot;zeroAbsent&quot; | undefined;</span></span>
<span class="line"><span>    readonly batch?: boolean | undefined;</span></span>
<span class="line"><span>    readonly activation?: &quot;softmax&quot; | &quot;sigmoid&quot; | &quot;none&quot; | undefined;</span></span>
<span class="line"><span>    readonly ignoreIndex?: number | readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly reduction?: &quot;mean&quot; | &quot;sum&quot; | undefined;</span></span>
<span class="line"><span>    readonly layout?: &quot;channelsFirst&quot; | &quot;channelsLast&quot; | undefined;</span></span>
<span class="line"><span>    readonly spatialDims?: number | null | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="margincalibrationoptions" tabindex="-1">MarginCalibrationOptions <a class="header-anchor" href="#margincalibrationoptions" aria-label="Permalink to &quot;MarginCalibrationOptions&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface MarginCalibrationOptions {</span></span>
<span class="line"><span>    readonly alpha?: number | undefined;</span></span>
<span class="line"><span>    readonly margin?: number | undefined;</span></span>
<span class="line"><span>    readonly classWeights?: readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly activation?: &quot;softmax&quot; | &quot;sigmoid&quot; | &quot;none&quot; | undefined;</span></span>
<span class="line"><span>    readonly ignoreIndex?: number | readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly reduction?: &quot;mean&quot; | &quot;sum&quot; | undefined;</span></span>
<span class="line"><span>    readonly layout?: &quot;channelsFirst&quot; | &quot;channelsLast&quot; | undefined;</span></span>
<span class="line"><span>    readonly spatialDims?: number | null | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="matthewscorrelationoptions" tabindex="-1">MatthewsCorrelationOptions <a class="header-anchor" href="#matthewscorrelationoptions" aria-label="Permalink to &quot;MatthewsCorrelationOptions&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface MatthewsCorrelationOptions {</span></span>
<span class="line"><span>    readonly smooth?: number | undefined;</span></span>
<span class="line"><span>    readonly smoothNumerator?: number | undefined;</span></span>
<span class="line"><span>    readonly smoothDenominator?: number | undefined;</span></span>
<span class="line"><span>    readonly classWeights?: readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly includeBackground?: boolean | undefined;</span></span>
<span class="line"><span>    readonly classes?: &quot;all&quot; | &quot;present&quot; | &quot;zeroAbsent&quot; | undefined;</span></span>
<span class="line"><span>    readonly batch?: boolean | undefined;</span></span>
<span class="line"><span>    readonly activation?: &quot;softmax&quot; | &quot;sigmoid&quot; | &quot;none&quot; | undefined;</span></span>
<span class="line"><span>    readonly ignoreIndex?: number | readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly reduction?: &quot;mean&quot; | &quot;sum&quot; | undefined;</span></span>
<span class="line"><span>    readonly layout?: &quot;channelsFirst&quot; | &quot;channelsLast&quot; | undefined;</span></span>
<span class="line"><span>    readonly spatialDims?: number | null | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="metric" tabindex="-1">Metric <a class="header-anchor" href="#metric" aria-label="Permalink to &quot;Metric&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface Metric&lt;N extends string = string, O extends Options = Options&gt; {</span></span>
<span class="line"><span>    readonly name: N;</span></span>
<span class="line"><span>    readonly title: string;</span></span>
<span class="line"><span>    readonly formula: string;</span></span>
<span class="line"><span>    readonly best: &quot;highest&quot; | &quot;lowest&quot;;</span></span>
<span class="line"><span>    readonly options: O;</span></span>
<span class="line"><span>    readonly score: Score&lt;O&gt;;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="metricname" tabindex="-1">MetricName <a class="header-anchor" href="#metricname" aria-label="Permalink to &quot;MetricName&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>type MetricName = Entry[&quot;name&quot;];</span></span></code></pre></div><h3 id="metricoptions" tabindex="-1">MetricOptions <a class="header-anchor" href="#metricoptions" aria-label="Permalink to &quot;MetricOptions&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface MetricOptions {</span></span>
<span class="line"><span>    readonly dice: DiceMetricOptions;</span></span>
<span class="line"><span>    readonly iou: IouMetricOptions;</span></span>
<span class="line"><span>    readonly sensitivity: SensitivityMetricOptions;</span></span>
<span class="line"><span>    readonly specificity: SpecificityMetricOptions;</span></span>
<span class="line"><span>    readonly hausdorffDistance: HausdorffDistanceMetricOptions;</span></span>
<span class="line"><span>    readonly averageSymmetricSurfaceDistance: AverageSymmetricSurfaceDistanceMetricOptions;</span></span>
<span class="line"><span>    readonly boundaryIou: BoundaryIouMetricOptions;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="metricresult" tabindex="-1">MetricResult <a class="header-anchor" href="#metricresult" aria-label="Permalink to &quot;MetricResult&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface MetricResult {</span></span>
<span class="line"><span>    readonly value: number;</span></span>
<span class="line"><span>    readonly perClass: Float64Array;</span></span>
<span class="line"><span>    readonly labels: readonly number[];</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="metrics" tabindex="-1">Metrics <a class="header-anchor" href="#metrics" aria-label="Permalink to &quot;Metrics&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface Metrics {</span></span>
<span class="line"><span>    readonly dice: (pred: TensorLike, target: TensorLike, options?: import(&quot;./catalog.js&quot;).DiceMetricOptions) =&gt; MetricResult;</span></span>
<span class="line"><span>    readonly iou: (pred: TensorLike, target: TensorLike, options?: import(&quot;./catalog.js&quot;).IouMetricOptions) =&gt; MetricResult;</span></span>
<span class="line"><span>    readonly sensitivity: (pred: TensorLike, target: TensorLike, options?: import(&quot;./catalog.js&quot;).SensitivityMetricOptions) =&gt; MetricResult;</span></span>
<span class="line"><span>    readonly specificity: (pred: TensorLike, target: TensorLike, options?: import(&quot;./catalog.js&quot;).SpecificityMetricOptions) =&gt; MetricResult;</span></span>
<span class="line"><span>    readonly hausdorffDistance: (pred: TensorLike, target: TensorLike, options?: import(&quot;./catalog.js&quot;).HausdorffDistanceMetricOptions) =&gt; MetricResult;</span></span>
<span class="line"><span>    readonly averageSymmetricSurfaceDistance: (pred: TensorLike, target: TensorLike, options?: import(&quot;./catalog.js&quot;).AverageSymmetricSurfaceDistanceMetricOptions) =&gt; MetricResult;</span></span>
<span class="line"><span>    readonly boundaryIou: (pred: TensorLike, target: TensorLike, options?: import(&quot;./catalog.js&quot;).BoundaryIouMetricOptions) =&gt; MetricResult;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="monaiasymmetricunifiedfocallossarguments" tabindex="-1">MonaiAsymmetricUnifiedFocalLossArguments <a class="header-anchor" href="#monaiasymmetricunifiedfocallossarguments" aria-label="Permalink to &quot;MonaiAsymmetricUnifiedFocalLossArguments&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface MonaiAsymmetricUnifiedFocalLossArguments {</span></span>
<span class="line"><span>    readonly weight?: number | undefined;</span></span>
<span class="line"><span>    readonly gamma?: number | undefined;</span></span>
<span class="line"><span>    readonly delta?: number | undefined;</span></span>
<span class="line"><span>    readonly to_onehot_y?: unknown;</span></span>
<span class="line"><span>    readonly num_classes?: unknown;</span></span>
<span class="line"><span>    readonly reduction?: unknown;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="monaidicecelossarguments" tabindex="-1">MonaiDiceCELossArguments <a class="header-anchor" href="#monaidicecelossarguments" aria-label="Permalink to &quot;MonaiDiceCELossArguments&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface MonaiDiceCELossArguments {</span></span>
<span class="line"><span>    readonly include_background?: boolean | undefined;</span></span>
<span class="line"><span>    readonly sigmoid?: boolean | undefined;</span></span>
<span class="line"><span>    readonly softmax?: boolean | undefined;</span></span>
<span class="line"><span>    readonly reduction?: &quot;mean&quot; | &quot;sum&quot; | undefined;</span></span>
<span class="line"><span>    readonly smooth_nr?: number | undefined;</span></span>
<span class="line"><span>    readonly smooth_dr?: number | undefined;</span></span>
<span class="line"><span>    readonly batch?: boolean | undefined;</span></span>
<span class="line"><span>    readonly squared_pred?: boolean | undefined;</span></span>
<span class="line"><span>    readonly jaccard?: boolean | undefined;</span></span>
<span class="line"><span>    readonly weight?: number | readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly lambda_dice?: number | undefined;</span></span>
<span class="line"><span>    readonly lambda_ce?: number | undefined;</span></span>
<span class="line"><span>    readonly label_smoothing?: number | undefined;</span></span>
<span class="line"><span>    readonly to_onehot_y?: unknown;</span></span>
<span class="line"><span>    readonly other_act?: unknown;</span></span>
<span class="line"><span>    readonly ce_weight?: unknown;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="monaidicefocallossarguments" tabindex="-1">MonaiDiceFocalLossArguments <a class="header-anchor" href="#monaidicefocallossarguments" aria-label="Permalink to &quot;MonaiDiceFocalLossArguments&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface MonaiDiceFocalLossArguments {</span></span>
<span class="line"><span>    readonly include_background?: boolean | undefined;</span></span>
<span class="line"><span>    readonly sigmoid?: boolean | undefined;</span></span>
<span class="line"><span>    readonly softmax?: boolean | undefined;</span></span>
<span class="line"><span>    readonly reduction?: &quot;mean&quot; | &quot;sum&quot; | undefined;</span></span>
<span class="line"><span>    readonly smooth_nr?: number | undefined;</span></span>
<span class="line"><span>    readonly smooth_dr?: number | undefined;</span></span>
<span class="line"><span>    readonly batch?: boolean | undefined;</span></span>
<span class="line"><span>    readonly squared_pred?: boolean | undefined;</span></span>
<span class="line"><span>    readonly jaccard?: boolean | undefined;</span></span>
<span class="line"><span>    readonly weight?: number | readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly gamma?: number | undefined;</span></span>
<span class="line"><span>    readonly alpha?: number | null | undefined;</span></span>
<span class="line"><span>    readonly lambda_dice?: number | undefined;</span></span>
<span class="line"><span>    readonly lambda_focal?: number | undefined;</span></span>
<span class="line"><span>    readonly to_onehot_y?: unknown;</span></span>
<span class="line"><span>    readonly other_act?: unknown;</span></span>
<span class="line"><span>    readonly focal_weight?: unknown;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="monaidicelossarguments" tabindex="-1">MonaiDiceLossArguments <a class="header-anchor" href="#monaidicelossarguments" aria-label="Permalink to &quot;MonaiDiceLossArguments&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface MonaiDiceLossArguments {</span></span>
<span class="line"><span>    readonly include_background?: boolean | undefined;</span></span>
<span class="line"><span>    readonly sigmoid?: boolean | undefined;</span></span>
<span class="line"><span>    readonly softmax?: boolean | undefined;</span></span>
<span class="line"><span>    readonly reduction?: &quot;mean&quot; | &quot;sum&quot; | undefined;</span></span>
<span class="line"><span>    readonly smooth_nr?: number | undefined;</span></span>
<span class="line"><span>    readonly smooth_dr?: number | undefined;</span></span>
<span class="line"><span>    readonly batch?: boolean | undefined;</span></span>
<span class="line"><span>    readonly squared_pred?: boolean | undefined;</span></span>
<span class="line"><span>    readonly jaccard?: boolean | undefined;</span></span>
<span class="line"><span>    readonly weight?: number | readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly soft_label?: boolean | undefined;</span></span>
<span class="line"><span>    readonly to_onehot_y?: unknown;</span></span>
<span class="line"><span>    readonly other_act?: unknown;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="monaifocallossarguments" tabindex="-1">MonaiFocalLossArguments <a class="header-anchor" href="#monaifocallossarguments" aria-label="Permalink to &quot;MonaiFocalLossArguments&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface MonaiFocalLossArguments {</span></span>
<span class="line"><span>    readonly include_background?: boolean | undefined;</span></span>
<span class="line"><span>    readonly gamma?: number | undefined;</span></span>
<span class="line"><span>    readonly alpha?: number | null | undefined;</span></span>
<span class="line"><span>    readonly weight?: number | readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly reduction?: &quot;mean&quot; | &quot;sum&quot; | undefined;</span></span>
<span class="line"><span>    readonly use_softmax?: boolean | undefined;</span></span>
<span class="line"><span>    readonly to_onehot_y?: unknown;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="monaigeneralizeddicefocallossarguments" tabindex="-1">MonaiGeneralizedDiceFocalLossArguments <a class="header-anchor" href="#monaigeneralizeddicefocallossarguments" aria-label="Permalink to &quot;MonaiGeneralizedDiceFocalLossArguments&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface MonaiGeneralizedDiceFocalLossArguments {</span></span>
<span class="line"><span>    readonly include_background?: boolean | undefined;</span></span>
<span class="line"><span>    readonly sigmoid?: boolean | undefined;</span></span>
<span class="line"><span>    readonly softmax?: boolean | undefined;</span></span>
<span class="line"><span>    readonly w_type?: &quot;square&quot; | &quot;simple&quot; | &quot;uniform&quot; | undefined;</span></span>
<span class="line"><span>    readonly reduction?: &quot;mean&quot; | &quot;sum&quot; | undefined;</span></span>
<span class="line"><span>    readonly smooth_nr?: number | undefined;</span></span>
<span class="line"><span>    readonly smooth_dr?: number | undefined;</span></span>
<span class="line"><span>    readonly batch?: boolean | undefined;</span></span>
<span class="line"><span>    readonly gamma?: number | undefined;</span></span>
<span class="line"><span>    readonly weight?: number | readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly lambda_gdl?: number | undefined;</span></span>
<span class="line"><span>    readonly lambda_focal?: number | undefined;</span></span>
<span class="line"><span>    readonly to_onehot_y?: unknown;</span></span>
<span class="line"><span>    readonly other_act?: unknown;</span></span>
<span class="line"><span>    readonly focal_weight?: unknown;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="monaigeneralizeddicelossarguments" tabindex="-1">MonaiGeneralizedDiceLossArguments <a class="header-anchor" href="#monaigeneralizeddicelossarguments" aria-label="Permalink to &quot;MonaiGeneralizedDiceLossArguments&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface MonaiGeneralizedDiceLossArguments {</span></span>
<span class="line"><span>    readonly include_background?: boolean | undefined;</span></span>
<span class="line"><span>    readonly sigmoid?: boolean | undefined;</span></span>
<span class="line"><span>    readonly softmax?: boolean | undefined;</span></span>
<span class="line"><span>    readonly w_type?: &quot;square&quot; | &quot;simple&quot; | &quot;uniform&quot; | undefined;</span></span>
<span class="line"><span>    readonly reduction?: &quot;mean&quot; | &quot;sum&quot; | undefined;</span></span>
<span class="line"><span>    readonly smooth_nr?: number | undefined;</span></span>
<span class="line"><span>    readonly smooth_dr?: number | undefined;</span></span>
<span class="line"><span>    readonly batch?: boolean | undefined;</span></span>
<span class="line"><span>    readonly soft_label?: boolean | undefined;</span></span>
<span class="line"><span>    readonly to_onehot_y?: unknown;</span></span>
<span class="line"><span>    readonly other_act?: unknown;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="monaigeneralizedwassersteindicelossarguments" tabindex="-1">MonaiGeneralizedWassersteinDiceLossArguments <a class="header-anchor" href="#monaigeneralizedwassersteindicelossarguments" aria-label="Permalink to &quot;MonaiGeneralizedWassersteinDiceLossArguments&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface MonaiGeneralizedWassersteinDiceLossArguments {</span></span>
<span class="line"><span>    readonly dist_matrix?: readonly (readonly number[])[] | null | undefined;</span></span>
<span class="line"><span>    readonly weighting_mode?: &quot;default&quot; | &quot;GDL&quot; | undefined;</span></span>
<span class="line"><span>    readonly reduction?: &quot;mean&quot; | &quot;sum&quot; | undefined;</span></span>
<span class="line"><span>    readonly smooth_nr?: number | undefined;</span></span>
<span class="line"><span>    readonly smooth_dr?: number | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="monaihausdorffdtlossarguments" tabindex="-1">MonaiHausdorffDTLossArguments <a class="header-anchor" href="#monaihausdorffdtlossarguments" aria-label="Permalink to &quot;MonaiHausdorffDTLossArguments&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface MonaiHausdorffDTLossArguments {</span></span>
<span class="line"><span>    readonly alpha?: number | undefined;</span></span>
<span class="line"><span>    readonly include_background?: boolean | undefined;</span></span>
<span class="line"><span>    readonly sigmoid?: boolean | undefined;</span></span>
<span class="line"><span>    readonly softmax?: boolean | undefined;</span></span>
<span class="line"><span>    readonly reduction?: &quot;mean&quot; | &quot;sum&quot; | undefined;</span></span>
<span class="line"><span>    readonly batch?: boolean | undefined;</span></span>
<span class="line"><span>    readonly to_onehot_y?: unknown;</span></span>
<span class="line"><span>    readonly other_act?: unknown;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="monailoghausdorffdtlossarguments" tabindex="-1">MonaiLogHausdorffDTLossArguments <a class="header-anchor" href="#monailoghausdorffdtlossarguments" aria-label="Permalink to &quot;MonaiLogHausdorffDTLossArguments&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface MonaiLogHausdorffDTLossArguments {</span></span>
<span class="line"><span>    readonly alpha?: number | undefined;</span></span>
<span class="line"><span>    readonly include_background?: boolean | undefined;</span></span>
<span class="line"><span>    readonly sigmoid?: boolean | undefined;</span></span>
<span class="line"><span>    readonly softmax?: boolean | undefined;</span></span>
<span class="line"><span>    readonly reduction?: &quot;mean&quot; | &quot;sum&quot; | undefined;</span></span>
<span class="line"><span>    readonly batch?: boolean | undefined;</span></span>
<span class="line"><span>    readonly to_onehot_y?: unknown;</span></span>
<span class="line"><span>    readonly other_act?: unknown;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="monainacllossarguments" tabindex="-1">MonaiNACLLossArguments <a class="header-anchor" href="#monainacllossarguments" aria-label="Permalink to &quot;MonaiNACLLossArguments&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface MonaiNACLLossArguments {</span></span>
<span class="line"><span>    readonly kernel_size?: number | undefined;</span></span>
<span class="line"><span>    readonly distance_type?: &quot;l1&quot; | &quot;l2&quot; | undefined;</span></span>
<span class="line"><span>    readonly alpha?: number | undefined;</span></span>
<span class="line"><span>    readonly kernel_ops?: unknown;</span></span>
<span class="line"><span>    readonly sigma?: unknown;</span></span>
<span class="line"><span>    readonly classes?: unknown;</span></span>
<span class="line"><span>    readonly dim?: unknown;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="monaisoftdicecldicelossarguments" tabindex="-1">MonaiSoftDiceclDiceLossArguments <a class="header-anchor" href="#monaisoftdicecldicelossarguments" aria-label="Permalink to &quot;MonaiSoftDiceclDiceLossArguments&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface MonaiSoftDiceclDiceLossArguments {</span></span>
<span class="line"><span>    readonly iter_?: number | undefined;</span></span>
<span class="line"><span>    readonly alpha?: number | undefined;</span></span>
<span class="line"><span>    readonly smooth?: number | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="monaisoftcldicelossarguments" tabindex="-1">MonaiSoftclDiceLossArguments <a class="header-anchor" href="#monaisoftcldicelossarguments" aria-label="Permalink to &quot;MonaiSoftclDiceLossArguments&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface MonaiSoftclDiceLossArguments {</span></span>
<span class="line"><span>    readonly iter_?: number | undefined;</span></span>
<span class="line"><span>    readonly smooth?: number | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="monaitverskylossarguments" tabindex="-1">MonaiTverskyLossArguments <a class="header-anchor" href="#monaitverskylossarguments" aria-label="Permalink to &quot;MonaiTverskyLossArguments&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface MonaiTverskyLossArguments {</span></span>
<span class="line"><span>    readonly include_background?: boolean | undefined;</span></span>
<span class="line"><span>    readonly sigmoid?: boolean | undefined;</span></span>
<span class="line"><span>    readonly softmax?: boolean | undefined;</span></span>
<span class="line"><span>    readonly reduction?: &quot;mean&quot; | &quot;sum&quot; | undefined;</span></span>
<span class="line"><span>    readonly smooth_nr?: number | undefined;</span></span>
<span class="line"><span>    readonly smooth_dr?: number | undefined;</span></span>
<span class="line"><span>    readonly batch?: boolean | undefined;</span></span>
<span class="line"><span>    readonly alpha?: number | undefined;</span></span>
<span class="line"><span>    readonly beta?: number | undefined;</span></span>
<span class="line"><span>    readonly soft_label?: boolean | undefined;</span></span>
<span class="line"><span>    readonly to_onehot_y?: unknown;</span></span>
<span class="line"><span>    readonly other_act?: unknown;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="nacloptions" tabindex="-1">NaclOptions <a class="header-anchor" href="#nacloptions" aria-label="Permalink to &quot;NaclOptions&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface NaclOptions {</span></span>
<span class="line"><span>    readonly alpha?: number | undefined;</span></span>
<span class="line"><span>    readonly kernelSize?: number | undefined;</span></span>
<span class="line"><span>    readonly distance?: &quot;l1&quot; | &quot;l2&quot; | undefined;</span></span>
<span class="line"><span>    readonly classWeights?: readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly activation?: &quot;softmax&quot; | &quot;sigmoid&quot; | &quot;none&quot; | undefined;</span></span>
<span class="line"><span>    readonly ignoreIndex?: number | readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly reduction?: &quot;mean&quot; | &quot;sum&quot; | undefined;</span></span>
<span class="line"><span>    readonly layout?: &quot;channelsFirst&quot; | &quot;channelsLast&quot; | undefined;</span></span>
<span class="line"><span>    readonly spatialDims?: number | null | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="nnunetdcandcelossarguments" tabindex="-1">NnunetDCAndCELossArguments <a class="header-anchor" href="#nnunetdcandcelossarguments" aria-label="Permalink to &quot;NnunetDCAndCELossArguments&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface NnunetDCAndCELossArguments {</span></span>
<span class="line"><span>    readonly batch_dice?: boolean | undefined;</span></span>
<span class="line"><span>    readonly do_bg?: boolean | undefined;</span></span>
<span class="line"><span>    readonly smooth?: number | undefined;</span></span>
<span class="line"><span>    readonly weight_ce?: number | undefined;</span></span>
<span class="line"><span>    readonly weight_dice?: number | undefined;</span></span>
<span class="line"><span>    readonly ignore_label?: number | null | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="nnunetrobustcrossentropylossarguments" tabindex="-1">NnunetRobustCrossEntropyLossArguments <a class="header-anchor" href="#nnunetrobustcrossentropylossarguments" aria-label="Permalink to &quot;NnunetRobustCrossEntropyLossArguments&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface NnunetRobustCrossEntropyLossArguments {</span></span>
<span class="line"><span>    readonly weight?: readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly ignore_index?: number | undefined;</span></span>
<span class="line"><span>    readonly label_smoothing?: number | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="nnunetsoftdicelossarguments" tabindex="-1">NnunetSoftDiceLossArguments <a class="header-anchor" href="#nnunetsoftdicelossarguments" aria-label="Permalink to &quot;NnunetSoftDiceLossArguments&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface NnunetSoftDiceLossArguments {</span></span>
<span class="line"><span>    readonly batch_dice?: boolean | undefined;</span></span>
<span class="line"><span>    readonly do_bg?: boolean | undefined;</span></span>
<span class="line"><span>    readonly smooth?: number | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="nnunettopklossarguments" tabindex="-1">NnunetTopKLossArguments <a class="header-anchor" href="#nnunettopklossarguments" aria-label="Permalink to &quot;NnunetTopKLossArguments&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface NnunetTopKLossArguments {</span></span>
<span class="line"><span>    readonly weight?: readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly ignore_index?: number | undefined;</span></span>
<span class="line"><span>    readonly label_smoothing?: number | undefined;</span></span>
<span class="line"><span>    readonly k?: number | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="ohemoptions" tabindex="-1">OhemOptions <a class="header-anchor" href="#ohemoptions" aria-label="Permalink to &quot;OhemOptions&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface OhemOptions {</span></span>
<span class="line"><span>    readonly threshold?: number | undefined;</span></span>
<span class="line"><span>    readonly minKept?: number | undefined;</span></span>
<span class="line"><span>    readonly batch?: boolean | undefined;</span></span>
<span class="line"><span>    readonly labelSmoothing?: number | undefined;</span></span>
<span class="line"><span>    readonly classWeights?: readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly activation?: &quot;softmax&quot; | &quot;sigmoid&quot; | &quot;none&quot; | undefined;</span></span>
<span class="line"><span>    readonly ignoreIndex?: number | readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly reduction?: &quot;mean&quot; | &quot;sum&quot; | undefined;</span></span>
<span class="line"><span>    readonly layout?: &quot;channelsFirst&quot; | &quot;channelsLast&quot; | undefined;</span></span>
<span class="line"><span>    readonly spatialDims?: number | null | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="polyoptions" tabindex="-1">PolyOptions <a class="header-anchor" href="#polyoptions" aria-label="Permalink to &quot;PolyOptions&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface PolyOptions {</span></span>
<span class="line"><span>    readonly epsilon?: number | undefined;</span></span>
<span class="line"><span>    readonly gamma?: number | undefined;</span></span>
<span class="line"><span>    readonly labelSmoothing?: number | undefined;</span></span>
<span class="line"><span>    readonly classWeights?: readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly activation?: &quot;softmax&quot; | &quot;sigmoid&quot; | &quot;none&quot; | undefined;</span></span>
<span class="line"><span>    readonly ignoreIndex?: number | readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly reduction?: &quot;mean&quot; | &quot;sum&quot; | undefined;</span></span>
<span class="line"><span>    readonly layout?: &quot;channelsFirst&quot; | &quot;channelsLast&quot; | undefined;</span></span>
<span class="line"><span>    readonly spatialDims?: number | null | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="preparedtarget" tabindex="-1">PreparedTarget <a class="header-anchor" href="#preparedtarget" aria-label="Permalink to &quot;PreparedTarget&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>class PreparedTarget {</span></span>
<span class="line"><span>    #private;</span></span>
<span class="line"><span>    readonly tensor: NumberTensor;</span></span>
<span class="line"><span>    constructor(tensor: NumberTensor);</span></span>
<span class="line"><span>    keep&lt;T&gt;(key: string, make: () =&gt; T): T;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="presetarguments" tabindex="-1">PresetArguments <a class="header-anchor" href="#presetarguments" aria-label="Permalink to &quot;PresetArguments&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface PresetArguments {</span></span>
<span class="line"><span>    readonly &quot;torch.CrossEntropyLoss&quot;: TorchCrossEntropyLossArguments;</span></span>
<span class="line"><span>    readonly &quot;torch.BCEWithLogitsLoss&quot;: TorchBCEWithLogitsLossArguments;</span></span>
<span class="line"><span>    readonly &quot;monai.DiceLoss&quot;: MonaiDiceLossArguments;</span></span>
<span class="line"><span>    readonly &quot;monai.TverskyLoss&quot;: MonaiTverskyLossArguments;</span></span>
<span class="line"><span>    readonly &quot;monai.FocalLoss&quot;: MonaiFocalLossArguments;</span></span>
<span class="line"><span>    readonly &quot;monai.DiceCELoss&quot;: MonaiDiceCELossArguments;</span></span>
<span class="line"><span>    readonly &quot;monai.DiceFocalLoss&quot;: MonaiDiceFocalLossArguments;</span></span>
<span class="line"><span>    readonly &quot;monai.GeneralizedDiceLoss&quot;: MonaiGeneralizedDiceLossArguments;</span></span>
<span class="line"><span>    readonly &quot;monai.GeneralizedDiceFocalLoss&quot;: MonaiGeneralizedDiceFocalLossArguments;</span></span>
<span class="line"><span>    readonly &quot;monai.SoftclDiceLoss&quot;: MonaiSoftclDiceLossArguments;</span></span>
<span class="line"><span>    readonly &quot;monai.SoftDiceclDiceLoss&quot;: MonaiSoftDiceclDiceLossArguments;</span></span>
<span class="line"><span>    readonly &quot;monai.NACLLoss&quot;: MonaiNACLLossArguments;</span></span>
<span class="line"><span>    readonly &quot;monai.GeneralizedWassersteinDiceLoss&quot;: MonaiGeneralizedWassersteinDiceLossArguments;</span></span>
<span class="line"><span>    readonly &quot;monai.HausdorffDTLoss&quot;: MonaiHausdorffDTLossArguments;</span></span>
<span class="line"><span>    readonly &quot;monai.LogHausdorffDTLoss&quot;: MonaiLogHausdorffDTLossArguments;</span></span>
<span class="line"><span>    readonly &quot;monai.AsymmetricUnifiedFocalLoss&quot;: MonaiAsymmetricUnifiedFocalLossArguments;</span></span>
<span class="line"><span>    readonly &quot;nnunet.RobustCrossEntropyLoss&quot;: NnunetRobustCrossEntropyLossArguments;</span></span>
<span class="line"><span>    readonly &quot;nnunet.TopKLoss&quot;: NnunetTopKLossArguments;</span></span>
<span class="line"><span>    readonly &quot;nnunet.SoftDiceLoss&quot;: NnunetSoftDiceLossArguments;</span></span>
<span class="line"><span>    readonly &quot;nnunet.DC_and_CE_loss&quot;: NnunetDCAndCELossArguments;</span></span>
<span class="line"><span>    readonly &quot;smp.DiceLoss&quot;: SmpDiceLossArguments;</span></span>
<span class="line"><span>    readonly &quot;smp.JaccardLoss&quot;: SmpJaccardLossArguments;</span></span>
<span class="line"><span>    readonly &quot;smp.TverskyLoss&quot;: SmpTverskyLossArguments;</span></span>
<span class="line"><span>    readonly &quot;smp.FocalLoss&quot;: SmpFocalLossArguments;</span></span>
<span class="line"><span>    readonly &quot;smp.SoftCrossEntropyLoss&quot;: SmpSoftCrossEntropyLossArguments;</span></span>
<span class="line"><span>    readonly &quot;smp.SoftBCEWithLogitsLoss&quot;: SmpSoftBCEWithLogitsLossArguments;</span></span>
<span class="line"><span>    readonly &quot;smp.LovaszLoss&quot;: SmpLovaszLossArguments;</span></span>
<span class="line"><span>    readonly &quot;smp.MCCLoss&quot;: SmpMCCLossArguments;</span></span>
<span class="line"><span>    readonly &quot;kornia.focal_loss&quot;: KorniaFocalLossArguments;</span></span>
<span class="line"><span>    readonly &quot;kornia.binary_focal_loss_with_logits&quot;: KorniaBinaryFocalLossWithLogitsArguments;</span></span>
<span class="line"><span>    readonly &quot;kornia.dice_loss&quot;: KorniaDiceLossArguments;</span></span>
<span class="line"><span>    readonly &quot;kornia.tversky_loss&quot;: KorniaTverskyLossArguments;</span></span>
<span class="line"><span>    readonly &quot;kornia.HausdorffERLoss&quot;: KorniaHausdorffERLossArguments;</span></span>
<span class="line"><span>    readonly &quot;berman.lovasz_softmax&quot;: BermanLovaszSoftmaxArguments;</span></span>
<span class="line"><span>    readonly &quot;wang.JDTLoss&quot;: WangJDTLossArguments;</span></span>
<span class="line"><span>    readonly &quot;berman.lovasz_hinge&quot;: BermanLovaszHingeArguments;</span></span>
<span class="line"><span>    readonly &quot;abhuse.Poly1CrossEntropyLoss&quot;: AbhusePoly1CrossEntropyLossArguments;</span></span>
<span class="line"><span>    readonly &quot;abhuse.Poly1FocalLoss&quot;: AbhusePoly1FocalLossArguments;</span></span>
<span class="line"><span>    readonly &quot;hrnet.OhemCrossEntropy&quot;: HrnetOhemCrossEntropyArguments;</span></span>
<span class="line"><span>    readonly &quot;kirchhoff.SoftSkeletonRecallLoss&quot;: KirchhoffSoftSkeletonRecallLossArguments;</span></span>
<span class="line"><span>    readonly &quot;kervadec.SurfaceLoss&quot;: KervadecSurfaceLossArguments;</span></span>
<span class="line"><span>    readonly &quot;valverde.RWLoss&quot;: ValverdeRWLossArguments;</span></span>
<span class="line"><span>    readonly &quot;sun.BoundaryDoULoss&quot;: SunBoundaryDoULossArguments;</span></span>
<span class="line"><span>    readonly &quot;zhao.RMILoss&quot;: ZhaoRMILossArguments;</span></span>
<span class="line"><span>    readonly &quot;gonzalez.TLoss&quot;: GonzalezTLossArguments;</span></span>
<span class="line"><span>    readonly &quot;abraham.focal_tversky&quot;: AbrahamFocalTverskyArguments;</span></span>
<span class="line"><span>    readonly &quot;abraham.tversky_loss&quot;: AbrahamTverskyLossArguments;</span></span>
<span class="line"><span>    readonly &quot;abraham.dice_loss&quot;: AbrahamDiceLossArguments;</span></span>
<span class="line"><span>    readonly &quot;yeung.tversky_loss&quot;: YeungTverskyLossArguments;</span></span>
<span class="line"><span>    readonly &quot;yeung.focal_tversky_loss&quot;: YeungFocalTverskyLossArguments;</span></span>
<span class="line"><span>    readonly &quot;yeung.combo_loss&quot;: YeungComboLossArguments;</span></span>
<span class="line"><span>    readonly &quot;yeung.sym_unified_focal_loss&quot;: YeungSymUnifiedFocalLossArguments;</span></span>
<span class="line"><span>    readonly &quot;yeung.asym_unified_focal_loss&quot;: YeungAsymUnifiedFocalLossArguments;</span></span>
<span class="line"><span>    readonly &quot;fidon.GeneralizedWassersteinDiceLoss&quot;: FidonGeneralizedWassersteinDiceLossArguments;</span></span>
<span class="line"><span>    readonly &quot;wang.ABL&quot;: WangABLArguments;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="presetname" tabindex="-1">PresetName <a class="header-anchor" href="#presetname" aria-label="Permalink to &quot;PresetName&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>type PresetName = Entry[&quot;name&quot;];</span></span></code></pre></div><h3 id="regionmasks" tabindex="-1">RegionMasks <a class="header-anchor" href="#regionmasks" aria-label="Permalink to &quot;RegionMasks&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface RegionMasks {</span></span>
<span class="line"><span>    readonly data: Float32Array;</span></span>
<span class="line"><span>    readonly shape: readonly number[];</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="regionmutualinformationoptions" tabindex="-1">RegionMutualInformationOptions <a class="header-anchor" href="#regionmutualinformationoptions" aria-label="Permalink to &quot;RegionMutualInformationOptions&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface RegionMutualInformationOptions {</span></span>
<span class="line"><span>    readonly radius?: number | undefined;</span></span>
<span class="line"><span>    readonly pool?: &quot;average&quot; | &quot;max&quot; | &quot;none&quot; | undefined;</span></span>
<span class="line"><span>    readonly poolSize?: number | undefined;</span></span>
<span class="line"><span>    readonly crossEntropyWeight?: number | undefined;</span></span>
<span class="line"><span>    readonly regularization?: number | undefined;</span></span>
<span class="line"><span>    readonly classWeights?: readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly includeBackground?: boolean | undefined;</span></span>
<span class="line"><span>    readonly activation?: &quot;softmax&quot; | &quot;sigmoid&quot; | &quot;none&quot; | undefined;</span></span>
<span class="line"><span>    readonly ignoreIndex?: number | readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly reduction?: &quot;mean&quot; | &quot;sum&quot; | undefined;</span></span>
<span class="line"><span>    readonly layout?: &quot;channelsFirst&quot; | &quot;channelsLast&quot; | undefined;</span></span>
<span class="line"><span>    readonly spatialDims?: number | null | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="regionoptions" tabindex="-1">RegionOptions <a class="header-anchor" href="#regionoptions" aria-label="Permalink to &quot;RegionOptions&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface RegionOptions {</span></span>
<span class="line"><span>    readonly layout?: &quot;channelsFirst&quot; | &quot;channelsLast&quot;;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="regionwiseoptions" tabindex="-1">RegionWiseOptions <a class="header-anchor" href="#regionwiseoptions" aria-label="Permalink to &quot;RegionWiseOptions&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface RegionWiseOptions {</span></span>
<span class="line"><span>    readonly classWeights?: readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly includeBackground?: boolean | undefined;</span></span>
<span class="line"><span>    readonly spacing?: readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly map?: &quot;rectified&quot; | &quot;boundary&quot; | &quot;custom&quot; | undefined;</span></span>
<span class="line"><span>    readonly activation?: &quot;softmax&quot; | &quot;sigmoid&quot; | &quot;none&quot; | undefined;</span></span>
<span class="line"><span>    readonly ignoreIndex?: number | readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly reduction?: &quot;mean&quot; | &quot;sum&quot; | undefined;</span></span>
<span class="line"><span>    readonly layout?: &quot;channelsFirst&quot; | &quot;channelsLast&quot; | undefined;</span></span>
<span class="line"><span>    readonly spatialDims?: number | null | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="remapoptions" tabindex="-1">RemapOptions <a class="header-anchor" href="#remapoptions" aria-label="Permalink to &quot;RemapOptions&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface RemapOptions {</span></span>
<span class="line"><span>    readonly others?: &quot;keep&quot; | number;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="remappedlabels" tabindex="-1">RemappedLabels <a class="header-anchor" href="#remappedlabels" aria-label="Permalink to &quot;RemappedLabels&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface RemappedLabels {</span></span>
<span class="line"><span>    readonly data: Uint8Array | Uint16Array | Int32Array;</span></span>
<span class="line"><span>    readonly shape: readonly number[];</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="residenttensor" tabindex="-1">ResidentTensor <a class="header-anchor" href="#residenttensor" aria-label="Permalink to &quot;ResidentTensor&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface ResidentTensor&lt;Data extends Float32Array | Uint8Array | Int32Array = Float32Array | Uint8Array | Int32Array&gt; {</span></span>
<span class="line"><span>    readonly data: Data;</span></span>
<span class="line"><span>    readonly shape: readonly number[];</span></span>
<span class="line"><span>    dispose(): void;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="robusttoptions" tabindex="-1">RobustTOptions <a class="header-anchor" href="#robusttoptions" aria-label="Permalink to &quot;RobustTOptions&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface RobustTOptions {</span></span>
<span class="line"><span>    readonly logNu?: number | undefined;</span></span>
<span class="line"><span>    readonly logSigma?: number | undefined;</span></span>
<span class="line"><span>    readonly includeBackground?: boolean | undefined;</span></span>
<span class="line"><span>    readonly activation?: &quot;softmax&quot; | &quot;sigmoid&quot; | &quot;none&quot; | undefined;</span></span>
<span class="line"><span>    readonly ignoreIndex?: number | readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly reduction?: &quot;mean&quot; | &quot;sum&quot; | undefined;</span></span>
<span class="line"><span>    readonly layout?: &quot;channelsFirst&quot; | &quot;channelsLast&quot; | undefined;</span></span>
<span class="line"><span>    readonly spatialDims?: number | null | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="segloss-1" tabindex="-1">SegLoss <a class="header-anchor" href="#segloss-1" aria-label="Permalink to &quot;SegLoss&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>type SegLoss = Library &amp; LossMethods&lt;Loss&gt;;</span></span></code></pre></div><h3 id="seglosserror" tabindex="-1">SegLossError <a class="header-anchor" href="#seglosserror" aria-label="Permalink to &quot;SegLossError&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>class SegLossError extends Error {</span></span>
<span class="line"><span>    readonly code: SegLossErrorCode;</span></span>
<span class="line"><span>    readonly name = &quot;SegLossError&quot;;</span></span>
<span class="line"><span>    constructor(code: SegLossErrorCode, message: string);</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="seglosserrorcode" tabindex="-1">SegLossErrorCode <a class="header-anchor" href="#seglosserrorcode" aria-label="Permalink to &quot;SegLossErrorCode&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>type SegLossErrorCode = &quot;SHAPE_MISMATCH&quot; | &quot;INVALID_TARGET&quot; | &quot;INVALID_OPTION&quot; | &quot;INVALID_PREDICTION&quot; | &quot;UNSUPPORTED&quot; | &quot;OUT_OF_MEMORY&quot; | &quot;DISPOSED&quot; | &quot;WORKER_LOST&quot;;</span></span></code></pre></div><h3 id="sensitivitymetricoptions" tabindex="-1">SensitivityMetricOptions <a class="header-anchor" href="#sensitivitymetricoptions" aria-label="Permalink to &quot;SensitivityMetricOptions&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface SensitivityMetricOptions {</span></span>
<span class="line"><span>    readonly emptyScore?: number | undefined;</span></span>
<span class="line"><span>    readonly activation?: &quot;softmax&quot; | &quot;sigmoid&quot; | &quot;none&quot; | undefined;</span></span>
<span class="line"><span>    readonly ignoreIndex?: number | readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly includeBackground?: boolean | null | undefined;</span></span>
<span class="line"><span>    readonly layout?: &quot;channelsFirst&quot; | &quot;channelsLast&quot; | undefined;</span></span>
<span class="line"><span>    readonly numClasses?: number | null | undefined;</span></span>
<span class="line"><span>    readonly labels?: readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly spatialDims?: number | null | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="sensitivityspecificityoptions" tabindex="-1">SensitivitySpecificityOptions <a class="header-anchor" href="#sensitivityspecificityoptions" aria-label="Permalink to &quot;SensitivitySpecificityOptions&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface SensitivitySpecificityOptions {</span></span>
<span class="line"><span>    readonly sensitivityWeight?: number | undefined;</span></span>
<span class="line"><span>    readonly smooth?: number | undefined;</span></span>
<span class="line"><span>    readonly classWeights?: readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly includeBackground?: boolean | undefined;</span></span>
<span class="line"><span>    readonly classes?: &quot;all&quot; | &quot;present&quot; | &quot;zeroAbsent&quot; | undefined;</span></span>
<span class="line"><span>    readonly batch?: boolean | undefined;</span></span>
<span class="line"><span>    readonly activation?: &quot;softmax&quot; | &quot;sigmoid&quot; | &quot;none&quot; | undefined;</span></span>
<span class="line"><span>    readonly ignoreIndex?: number | readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly reduction?: &quot;mean&quot; | &quot;sum&quot; | undefined;</span></span>
<span class="line"><span>    readonly layout?: &quot;channelsFirst&quot; | &quot;channelsLast&quot; | undefined;</span></span>
<span class="line"><span>    readonly spatialDims?: number | null | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="skeletonrecalloptions" tabindex="-1">SkeletonRecallOptions <a class="header-anchor" href="#skeletonrecalloptions" aria-label="Permalink to &quot;SkeletonRecallOptions&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface SkeletonRecallOptions {</span></span>
<span class="line"><span>    readonly tube?: number | undefined;</span></span>
<span class="line"><span>    readonly method?: &quot;zhang&quot; | &quot;lee&quot; | null | undefined;</span></span>
<span class="line"><span>    readonly smooth?: number | undefined;</span></span>
<span class="line"><span>    readonly smoothNumerator?: number | undefined;</span></span>
<span class="line"><span>    readonly smoothDenominator?: number | undefined;</span></span>
<span class="line"><span>    readonly classWeights?: readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly classes?: &quot;all&quot; | &quot;present&quot; | &quot;zeroAbsent&quot; | undefined;</span></span>
<span class="line"><span>    readonly batch?: boolean | undefined;</span></span>
<span class="line"><span>    readonly activation?: &quot;softmax&quot; | &quot;sigmoid&quot; | &quot;none&quot; | undefined;</span></span>
<span class="line"><span>    readonly ignoreIndex?: number | readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly reduction?: &quot;mean&quot; | &quot;sum&quot; | undefined;</span></span>
<span class="line"><span>    readonly layout?: &quot;channelsFirst&quot; | &quot;channelsLast&quot; | undefined;</span></span>
<span class="line"><span>    readonly spatialDims?: number | null | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="smpdicelossarguments" tabindex="-1">SmpDiceLossArguments <a class="header-anchor" href="#smpdicelossarguments" aria-label="Permalink to &quot;SmpDiceLossArguments&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface SmpDiceLossArguments {</span></span>
<span class="line"><span>    readonly mode?: &quot;binary&quot; | &quot;multiclass&quot; | &quot;multilabel&quot; | undefined;</span></span>
<span class="line"><span>    readonly from_logits?: boolean | undefined;</span></span>
<span class="line"><span>    readonly smooth?: number | undefined;</span></span>
<span class="line"><span>    readonly class_weights?: readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly ignore_index?: number | null | undefined;</span></span>
<span class="line"><span>    readonly classes?: unknown;</span></span>
<span class="line"><span>    readonly log_loss?: unknown;</span></span>
<span class="line"><span>    readonly eps?: unknown;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="smpfocallossarguments" tabindex="-1">SmpFocalLossArguments <a class="header-anchor" href="#smpfocallossarguments" aria-label="Permalink to &quot;SmpFocalLossArguments&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface SmpFocalLossArguments {</span></span>
<span class="line"><span>    readonly mode?: &quot;binary&quot; | &quot;multiclass&quot; | &quot;multilabel&quot; | undefined;</span></span>
<span class="line"><span>    readonly alpha?: number | null | undefined;</span></span>
<span class="line"><span>    readonly gamma?: number | undefined;</span></span>
<span class="line"><span>    readonly ignore_index?: number | null | undefined;</span></span>
<span class="line"><span>    readonly class_weights?: readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly normalized?: unknown;</span></span>
<span class="line"><span>    readonly reduced_threshold?: unknown;</span></span>
<span class="line"><span>    readonly reduction?: unknown;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="smpjaccardlossarguments" tabindex="-1">SmpJaccardLossArguments <a class="header-anchor" href="#smpjaccardlossarguments" aria-label="Permalink to &quot;SmpJaccardLossArguments&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface SmpJaccardLossArguments {</span></span>
<span class="line"><span>    readonly mode?: &quot;binary&quot; | &quot;multiclass&quot; | &quot;multilabel&quot; | undefined;</span></span>
<span class="line"><span>    readonly from_logits?: boolean | undefined;</span></span>
<span class="line"><span>    readonly smooth?: number | undefined;</span></span>
<span class="line"><span>    readonly class_weights?: readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly classes?: unknown;</span></span>
<span class="line"><span>    readonly log_loss?: unknown;</span></span>
<span class="line"><span>    readonly eps?: unknown;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="smplovaszlossarguments" tabindex="-1">SmpLovaszLossArguments <a class="header-anchor" href="#smplovaszlossarguments" aria-label="Permalink to &quot;SmpLovaszLossArguments&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface SmpLovaszLossArguments {</span></span>
<span class="line"><span>    readonly mode?: &quot;binary&quot; | &quot;multiclass&quot; | &quot;multilabel&quot; | undefined;</span></span>
<span class="line"><span>    readonly per_image?: boolean | undefined;</span></span>
<span class="line"><span>    readonly from_logits?: boolean | undefined;</span></span>
<span class="line"><span>    readonly ignore_index?: number | null | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="smpmcclossarguments" tabindex="-1">SmpMCCLossArguments <a class="header-anchor" href="#smpmcclossarguments" aria-label="Permalink to &quot;SmpMCCLossArguments&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface SmpMCCLossArguments {</span></span>
<span class="line"><span>    readonly eps?: number | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="smpsoftbcewithlogitslossarguments" tabindex="-1">SmpSoftBCEWithLogitsLossArguments <a class="header-anchor" href="#smpsoftbcewithlogitslossarguments" aria-label="Permalink to &quot;SmpSoftBCEWithLogitsLossArguments&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface SmpSoftBCEWithLogitsLossArguments {</span></span>
<span class="line"><span>    readonly weight?: number | readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly ignore_index?: number | undefined;</span></span>
<span class="line"><span>    readonly reduction?: &quot;mean&quot; | &quot;sum&quot; | undefined;</span></span>
<span class="line"><span>    readonly smooth_factor?: number | undefined;</span></span>
<span class="line"><span>    readonly pos_weight?: number | readonly number[] | null | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="smpsoftcrossentropylossarguments" tabindex="-1">SmpSoftCrossEntropyLossArguments <a class="header-anchor" href="#smpsoftcrossentropylossarguments" aria-label="Permalink to &quot;SmpSoftCrossEntropyLossArguments&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface SmpSoftCrossEntropyLossArguments {</span></span>
<span class="line"><span>    readonly reduction?: &quot;mean&quot; | &quot;sum&quot; | undefined;</span></span>
<span class="line"><span>    readonly smooth_factor?: number | undefined;</span></span>
<span class="line"><span>    readonly ignore_index?: number | undefined;</span></span>
<span class="line"><span>    readonly dim?: unknown;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="smptverskylossarguments" tabindex="-1">SmpTverskyLossArguments <a class="header-anchor" href="#smptverskylossarguments" aria-label="Permalink to &quot;SmpTverskyLossArguments&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface SmpTverskyLossArguments {</span></span>
<span class="line"><span>    readonly mode?: &quot;binary&quot; | &quot;multiclass&quot; | &quot;multilabel&quot; | undefined;</span></span>
<span class="line"><span>    readonly from_logits?: boolean | undefined;</span></span>
<span class="line"><span>    readonly smooth?: number | undefined;</span></span>
<span class="line"><span>    readonly class_weights?: readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly ignore_index?: number | null | undefined;</span></span>
<span class="line"><span>    readonly alpha?: number | undefined;</span></span>
<span class="line"><span>    readonly beta?: number | undefined;</span></span>
<span class="line"><span>    readonly classes?: unknown;</span></span>
<span class="line"><span>    readonly log_loss?: unknown;</span></span>
<span class="line"><span>    readonly eps?: unknown;</span></span>
<span class="line"><span>    readonly gamma?: unknown;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="specificitymetricoptions" tabindex="-1">SpecificityMetricOptions <a class="header-anchor" href="#specificitymetricoptions" aria-label="Permalink to &quot;SpecificityMetricOptions&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface SpecificityMetricOptions {</span></span>
<span class="line"><span>    readonly emptyScore?: number | undefined;</span></span>
<span class="line"><span>    readonly activation?: &quot;softmax&quot; | &quot;sigmoid&quot; | &quot;none&quot; | undefined;</span></span>
<span class="line"><span>    readonly ignoreIndex?: number | readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly includeBackground?: boolean | null | undefined;</span></span>
<span class="line"><span>    readonly layout?: &quot;channelsFirst&quot; | &quot;channelsLast&quot; | undefined;</span></span>
<span class="line"><span>    readonly numClasses?: number | null | undefined;</span></span>
<span class="line"><span>    readonly labels?: readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly spatialDims?: number | null | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="sunboundarydoulossarguments" tabindex="-1">SunBoundaryDoULossArguments <a class="header-anchor" href="#sunboundarydoulossarguments" aria-label="Permalink to &quot;SunBoundaryDoULossArguments&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface SunBoundaryDoULossArguments {</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="target" tabindex="-1">Target <a class="header-anchor" href="#target" aria-label="Permalink to &quot;Target&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>type Target = TensorLike | PreparedTarget;</span></span></code></pre></div><h3 id="tensorlike" tabindex="-1">TensorLike <a class="header-anchor" href="#tensorlike" aria-label="Permalink to &quot;TensorLike&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>type TensorLike = (TensorTraits &amp; StridedTraits &amp; {</span></span>
<span class="line"><span>    readonly shape: readonly number[];</span></span>
<span class="line"><span>}) | (TensorTraits &amp; {</span></span>
<span class="line"><span>    readonly dims: readonly number[];</span></span>
<span class="line"><span>}) | {</span></span>
<span class="line"><span>    readonly data: ArrayLike&lt;number&gt;;</span></span>
<span class="line"><span>    readonly width: number;</span></span>
<span class="line"><span>    readonly height: number;</span></span>
<span class="line"><span>    readonly channels: number;</span></span>
<span class="line"><span>};</span></span></code></pre></div><h3 id="topkoptions" tabindex="-1">TopKOptions <a class="header-anchor" href="#topkoptions" aria-label="Permalink to &quot;TopKOptions&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface TopKOptions {</span></span>
<span class="line"><span>    readonly k?: number | undefined;</span></span>
<span class="line"><span>    readonly classWeights?: readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly labelSmoothing?: number | undefined;</span></span>
<span class="line"><span>    readonly batch?: boolean | undefined;</span></span>
<span class="line"><span>    readonly activation?: &quot;softmax&quot; | &quot;sigmoid&quot; | &quot;none&quot; | undefined;</span></span>
<span class="line"><span>    readonly ignoreIndex?: number | readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly reduction?: &quot;mean&quot; | &quot;sum&quot; | undefined;</span></span>
<span class="line"><span>    readonly layout?: &quot;channelsFirst&quot; | &quot;channelsLast&quot; | undefined;</span></span>
<span class="line"><span>    readonly spatialDims?: number | null | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="topologicaloptions" tabindex="-1">TopologicalOptions <a class="header-anchor" href="#topologicaloptions" aria-label="Permalink to &quot;TopologicalOptions&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface TopologicalOptions {</span></span>
<span class="line"><span>    readonly dimensions?: readonly number[] | undefined;</span></span>
<span class="line"><span>    readonly minPersistence?: number | undefined;</span></span>
<span class="line"><span>    readonly classWeights?: readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly classes?: &quot;all&quot; | &quot;present&quot; | &quot;zeroAbsent&quot; | undefined;</span></span>
<span class="line"><span>    readonly includeBackground?: boolean | null | undefined;</span></span>
<span class="line"><span>    readonly activation?: &quot;softmax&quot; | &quot;sigmoid&quot; | &quot;none&quot; | undefined;</span></span>
<span class="line"><span>    readonly ignoreIndex?: number | readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly reduction?: &quot;mean&quot; | &quot;sum&quot; | undefined;</span></span>
<span class="line"><span>    readonly layout?: &quot;channelsFirst&quot; | &quot;channelsLast&quot; | undefined;</span></span>
<span class="line"><span>    readonly spatialDims?: number | null | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="torchbcewithlogitslossarguments" tabindex="-1">TorchBCEWithLogitsLossArguments <a class="header-anchor" href="#torchbcewithlogitslossarguments" aria-label="Permalink to &quot;TorchBCEWithLogitsLossArguments&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface TorchBCEWithLogitsLossArguments {</span></span>
<span class="line"><span>    readonly weight?: number | readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly pos_weight?: number | readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly reduction?: &quot;mean&quot; | &quot;sum&quot; | undefined;</span></span>
<span class="line"><span>    readonly size_average?: unknown;</span></span>
<span class="line"><span>    readonly reduce?: unknown;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="torchcrossentropylossarguments" tabindex="-1">TorchCrossEntropyLossArguments <a class="header-anchor" href="#torchcrossentropylossarguments" aria-label="Permalink to &quot;TorchCrossEntropyLossArguments&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface TorchCrossEntropyLossArguments {</span></span>
<span class="line"><span>    readonly weight?: readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly ignore_index?: number | undefined;</span></span>
<span class="line"><span>    readonly reduction?: &quot;mean&quot; | &quot;sum&quot; | undefined;</span></span>
<span class="line"><span>    readonly label_smoothing?: number | undefined;</span></span>
<span class="line"><span>    readonly size_average?: unknown;</span></span>
<span class="line"><span>    readonly reduce?: unknown;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="tverskyoptions" tabindex="-1">TverskyOptions <a class="header-anchor" href="#tverskyoptions" aria-label="Permalink to &quot;TverskyOptions&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface TverskyOptions {</span></span>
<span class="line"><span>    readonly alpha?: number | undefined;</span></span>
<span class="line"><span>    readonly beta?: number | undefined;</span></span>
<span class="line"><span>    readonly smooth?: number | undefined;</span></span>
<span class="line"><span>    readonly smoothNumerator?: number | undefined;</span></span>
<span class="line"><span>    readonly smoothDenominator?: number | undefined;</span></span>
<span class="line"><span>    readonly overlap?: &quot;l1&quot; | &quot;product&quot; | undefined;</span></span>
<span class="line"><span>    readonly average?: &quot;macro&quot; | &quot;micro&quot; | undefined;</span></span>
<span class="line"><span>    readonly classWeights?: readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly includeBackground?: boolean | undefined;</span></span>
<span class="line"><span>    readonly classes?: &quot;all&quot; | &quot;present&quot; | &quot;zeroAbsent&quot; | undefined;</span></span>
<span class="line"><span>    readonly batch?: boolean | undefined;</span></span>
<span class="line"><span>    readonly activation?: &quot;softmax&quot; | &quot;sigmoid&quot; | &quot;none&quot; | undefined;</span></span>
<span class="line"><span>    readonly ignoreIndex?: number | readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly reduction?: &quot;mean&quot; | &quot;sum&quot; | undefined;</span></span>
<span class="line"><span>    readonly layout?: &quot;channelsFirst&quot; | &quot;channelsLast&quot; | undefined;</span></span>
<span class="line"><span>    readonly spatialDims?: number | null | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="unifiedfocaloptions" tabindex="-1">UnifiedFocalOptions <a class="header-anchor" href="#unifiedfocaloptions" aria-label="Permalink to &quot;UnifiedFocalOptions&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface UnifiedFocalOptions {</span></span>
<span class="line"><span>    readonly variant?: &quot;asymmetric&quot; | &quot;symmetric&quot; | undefined;</span></span>
<span class="line"><span>    readonly lambda?: number | undefined;</span></span>
<span class="line"><span>    readonly delta?: number | undefined;</span></span>
<span class="line"><span>    readonly gamma?: number | undefined;</span></span>
<span class="line"><span>    readonly smooth?: number | undefined;</span></span>
<span class="line"><span>    readonly smoothNumerator?: number | undefined;</span></span>
<span class="line"><span>    readonly smoothDenominator?: number | undefined;</span></span>
<span class="line"><span>    readonly overlap?: &quot;l1&quot; | &quot;product&quot; | undefined;</span></span>
<span class="line"><span>    readonly batch?: boolean | undefined;</span></span>
<span class="line"><span>    readonly activation?: &quot;softmax&quot; | &quot;sigmoid&quot; | &quot;none&quot; | undefined;</span></span>
<span class="line"><span>    readonly ignoreIndex?: number | readonly number[] | null | undefined;</span></span>
<span class="line"><span>    readonly reduction?: &quot;mean&quot; | &quot;sum&quot; | undefined;</span></span>
<span class="line"><span>    readonly layout?: &quot;channelsFirst&quot; | &quot;channelsLast&quot; | undefined;</span></span>
<span class="line"><span>    readonly spatialDims?: number | null | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="valueandgrad" tabindex="-1">ValueAndGrad <a class="header-anchor" href="#valueandgrad" aria-label="Permalink to &quot;ValueAndGrad&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface ValueAndGrad {</span></span>
<span class="line"><span>    value: number;</span></span>
<span class="line"><span>    grad: Float32Array;</span></span>
<span class="line"><span>    grads: Readonly&lt;Record&lt;string, Float32Array&gt;&gt;;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="valverderwlossarguments" tabindex="-1">ValverdeRWLossArguments <a class="header-anchor" href="#valverderwlossarguments" aria-label="Permalink to &quot;ValverdeRWLossArguments&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface ValverdeRWLossArguments {</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="wangablarguments" tabindex="-1">WangABLArguments <a class="header-anchor" href="#wangablarguments" aria-label="Permalink to &quot;WangABLArguments&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface WangABLArguments {</span></span>
<span class="line"><span>    readonly max_N_ratio?: number | undefined;</span></span>
<span class="line"><span>    readonly max_clip_dist?: number | undefined;</span></span>
<span class="line"><span>    readonly label_smoothing?: number | undefined;</span></span>
<span class="line"><span>    readonly isdetach?: boolean | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="wangjdtlossarguments" tabindex="-1">WangJDTLossArguments <a class="header-anchor" href="#wangjdtlossarguments" aria-label="Permalink to &quot;WangJDTLossArguments&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface WangJDTLossArguments {</span></span>
<span class="line"><span>    readonly mIoUD?: number | undefined;</span></span>
<span class="line"><span>    readonly mIoUC?: number | undefined;</span></span>
<span class="line"><span>    readonly alpha?: number | undefined;</span></span>
<span class="line"><span>    readonly beta?: number | undefined;</span></span>
<span class="line"><span>    readonly smooth?: number | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="yeungasymunifiedfocallossarguments" tabindex="-1">YeungAsymUnifiedFocalLossArguments <a class="header-anchor" href="#yeungasymunifiedfocallossarguments" aria-label="Permalink to &quot;YeungAsymUnifiedFocalLossArguments&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface YeungAsymUnifiedFocalLossArguments {</span></span>
<span class="line"><span>    readonly weight?: number | undefined;</span></span>
<span class="line"><span>    readonly delta?: number | undefined;</span></span>
<span class="line"><span>    readonly gamma?: number | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="yeungcombolossarguments" tabindex="-1">YeungComboLossArguments <a class="header-anchor" href="#yeungcombolossarguments" aria-label="Permalink to &quot;YeungComboLossArguments&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface YeungComboLossArguments {</span></span>
<span class="line"><span>    readonly alpha?: number | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="yeungfocaltverskylossarguments" tabindex="-1">YeungFocalTverskyLossArguments <a class="header-anchor" href="#yeungfocaltverskylossarguments" aria-label="Permalink to &quot;YeungFocalTverskyLossArguments&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface YeungFocalTverskyLossArguments {</span></span>
<span class="line"><span>    readonly delta?: number | undefined;</span></span>
<span class="line"><span>    readonly gamma?: number | undefined;</span></span>
<span class="line"><span>    readonly smooth?: number | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="yeungsymunifiedfocallossarguments" tabindex="-1">YeungSymUnifiedFocalLossArguments <a class="header-anchor" href="#yeungsymunifiedfocallossarguments" aria-label="Permalink to &quot;YeungSymUnifiedFocalLossArguments&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface YeungSymUnifiedFocalLossArguments {</span></span>
<span class="line"><span>    readonly weight?: number | undefined;</span></span>
<span class="line"><span>    readonly delta?: number | undefined;</span></span>
<span class="line"><span>    readonly gamma?: number | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="yeungtverskylossarguments" tabindex="-1">YeungTverskyLossArguments <a class="header-anchor" href="#yeungtverskylossarguments" aria-label="Permalink to &quot;YeungTverskyLossArguments&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface YeungTverskyLossArguments {</span></span>
<span class="line"><span>    readonly delta?: number | undefined;</span></span>
<span class="line"><span>    readonly smooth?: number | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="zhaormilossarguments" tabindex="-1">ZhaoRMILossArguments <a class="header-anchor" href="#zhaormilossarguments" aria-label="Permalink to &quot;ZhaoRMILossArguments&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface ZhaoRMILossArguments {</span></span>
<span class="line"><span>    readonly rmi_radius?: number | undefined;</span></span>
<span class="line"><span>    readonly rmi_pool_way?: number | undefined;</span></span>
<span class="line"><span>    readonly rmi_pool_size?: number | undefined;</span></span>
<span class="line"><span>    readonly loss_weight_lambda?: number | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="catalog" tabindex="-1">catalog <a class="header-anchor" href="#catalog" aria-label="Permalink to &quot;catalog&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>const catalog: readonly [</span></span>
<span class="line"><span>    import(&quot;./declaration.js&quot;).Declaration&lt;&quot;crossEntropy&quot;, { ... };</span></span></code></pre></div><h3 id="load" tabindex="-1">load <a class="header-anchor" href="#load" aria-label="Permalink to &quot;load&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>function load(options?: LoadOptions): Promise&lt;SegLoss&gt;;</span></span></code></pre></div><h3 id="metriccatalog" tabindex="-1">metricCatalog <a class="header-anchor" href="#metriccatalog" aria-label="Permalink to &quot;metricCatalog&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>const metricCatalog: readonly [</span></span>
<span class="line"><span>    import(&quot;./declaration.js&quot;).Metric&lt;&quot;dice&quot;, { ... };</span></span></code></pre></div><h3 id="presets" tabindex="-1">presets <a class="header-anchor" href="#presets" aria-label="Permalink to &quot;presets&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>const presets: readonly [</span></span>
<span class="line"><span>    import(&quot;./declaration.js&quot;).Preset&lt;&quot;torch.CrossEntropyLoss&quot;, { ... };</span></span></code></pre></div><h3 id="remap" tabindex="-1">remap <a class="header-anchor" href="#remap" aria-label="Permalink to &quot;remap&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>function remap(labels: TensorLike, map: LabelRegions, options?: RegionOptions): RegionMasks;</span></span>
<span class="line"><span>function remap(labels: TensorLike, map: LabelNames, options?: RemapOptions): RemappedLabels;</span></span></code></pre></div><h3 id="unreproducible" tabindex="-1">unreproducible <a class="header-anchor" href="#unreproducible" aria-label="Permalink to &quot;unreproducible&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>const unreproducible: readonly [</span></span>
<span class="line"><span>    readonly [</span></span>
<span class="line"><span>        &quot;kornia.lovasz_softmax_loss&quot;,</span></span>
<span class="line"><span>        &quot;ranks label values instead of the one-hot target; wrong for more than two classes&quot;</span></span>
<span class="line"><span>    ],</span></span>
<span class="line"><span>    readonly [</span></span>
<span class="line"><span>        &quot;monai.GeneralizedWassersteinDiceLoss with a batch&quot;,</span></span>
<span class="line"><span>        &quot;its true-positive sums broadcast [B, 1, N] against [B, N] and mix the samples; call it sample by sample&quot;</span></span>
<span class="line"><span>    ],</span></span>
<span class="line"><span>    readonly [</span></span>
<span class="line"><span>        &quot;PatRyg99 HausdorffERLoss in 3-D&quot;,</span></span>
<span class="line"><span>        &quot;its kernel falls on the channel axis&quot;</span></span>
<span class="line"><span>    ],</span></span>
<span class="line"><span>    readonly [</span></span>
<span class="line"><span>        &quot;SegLossOdyssey DistBinaryDiceLoss / DC map&quot;,</span></span>
<span class="line"><span>        &quot;the loss forgets to apply its distance map&quot;</span></span>
<span class="line"><span>    ],</span></span>
<span class="line"><span>    readonly [</span></span>
<span class="line"><span>        &quot;SegLossOdyssey ExpLog_loss&quot;,</span></span>
<span class="line"><span>        &quot;leaves the cross entropy without its exponent and averages Dice before the logarithm, unlike the paper&quot;</span></span>
<span class="line"><span>    ],</span></span>
<span class="line"><span>    readonly [</span></span>
<span class="line"><span>        &quot;DeepMind surface-distance&quot;,</span></span>
<span class="line"><span>        &quot;weighs subvoxel surface elements instead of boundary pixels (metrics)&quot;</span></span>
<span class="line"><span>    ],</span></span>
<span class="line"><span>    readonly [</span></span>
<span class="line"><span>        &quot;Borse et al. InverseForm&quot;,</span></span>
<span class="line"><span>        &quot;its network of 100 million parameters is not ours; the kind of loss is the same&quot;</span></span>
<span class="line"><span>    ]</span></span>
<span class="line"><span>];</span></span></code></pre></div><h2 id="segloss-workers" tabindex="-1">segloss/workers <a class="header-anchor" href="#segloss-workers" aria-label="Permalink to &quot;segloss/workers&quot;">​</a></h2><h3 id="asyncloss" tabindex="-1">AsyncLoss <a class="header-anchor" href="#asyncloss" aria-label="Permalink to &quot;AsyncLoss&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface AsyncLoss {</span></span>
<span class="line"><span>    readonly name: string;</span></span>
<span class="line"><span>    readonly options: Readonly&lt;Record&lt;string, unknown&gt;&gt;;</span></span>
<span class="line"><span>    value(pred: TensorLike, target: TensorLike | PoolTarget, extra?: PoolExtra): Promise&lt;number&gt;;</span></span>
<span class="line"><span>    valueAndGrad(pred: TensorLike, target: TensorLike | PoolTarget, extra?: PoolExtra): Promise&lt;ValueAndGrad&gt;;</span></span>
<span class="line"><span>    prepare(target: TensorLike): Promise&lt;PoolTarget&gt;;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="calloptions" tabindex="-1">CallOptions <a class="header-anchor" href="#calloptions" aria-label="Permalink to &quot;CallOptions&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface CallOptions {</span></span>
<span class="line"><span>    readonly signal?: AbortSignal;</span></span>
<span class="line"><span>    readonly transfer?: boolean;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="mapoptions" tabindex="-1">MapOptions <a class="header-anchor" href="#mapoptions" aria-label="Permalink to &quot;MapOptions&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface MapOptions {</span></span>
<span class="line"><span>    readonly signal?: AbortSignal;</span></span>
<span class="line"><span>    readonly concurrency?: number;</span></span>
<span class="line"><span>    readonly onProgress?: (progress: {</span></span>
<span class="line"><span>        readonly done: number;</span></span>
<span class="line"><span>        readonly total: number;</span></span>
<span class="line"><span>        readonly index: number;</span></span>
<span class="line"><span>    }) =&gt; void;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="pool" tabindex="-1">Pool <a class="header-anchor" href="#pool" aria-label="Permalink to &quot;Pool&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>type Pool = WorkerPool &amp; LossMethods&lt;AsyncLoss&gt; &amp; AsyncMethods&lt;Pick&lt;SegLoss, UtilityName&gt;&gt;;</span></span></code></pre></div><h3 id="poolextra" tabindex="-1">PoolExtra <a class="header-anchor" href="#poolextra" aria-label="Permalink to &quot;PoolExtra&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface PoolExtra extends CallOptions {</span></span>
<span class="line"><span>    readonly out?: Float32Array;</span></span>
<span class="line"><span>    readonly [input: string]: TensorLike | Float32Array | AbortSignal | boolean | undefined;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="pooloptions" tabindex="-1">PoolOptions <a class="header-anchor" href="#pooloptions" aria-label="Permalink to &quot;PoolOptions&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface PoolOptions {</span></span>
<span class="line"><span>    readonly workers?: number;</span></span>
<span class="line"><span>    readonly wasm?: WasmSource;</span></span>
<span class="line"><span>    readonly worker?: URL | string;</span></span>
<span class="line"><span>    readonly splitAbove?: number;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="pooltarget" tabindex="-1">PoolTarget <a class="header-anchor" href="#pooltarget" aria-label="Permalink to &quot;PoolTarget&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>class PoolTarget {</span></span>
<span class="line"><span>    readonly id: number;</span></span>
<span class="line"><span>    readonly tensor: TensorMessage;</span></span>
<span class="line"><span>    readonly forget: () =&gt; void;</span></span>
<span class="line"><span>    constructor(id: number, tensor: TensorMessage, forget: () =&gt; void);</span></span>
<span class="line"><span>    dispose(): void;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="seglosserror-1" tabindex="-1">SegLossError <a class="header-anchor" href="#seglosserror-1" aria-label="Permalink to &quot;SegLossError&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>class SegLossError extends Error {</span></span>
<span class="line"><span>    readonly code: SegLossErrorCode;</span></span>
<span class="line"><span>    readonly name = &quot;SegLossError&quot;;</span></span>
<span class="line"><span>    constructor(code: SegLossErrorCode, message: string);</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="seglosserrorcode-1" tabindex="-1">SegLossErrorCode <a class="header-anchor" href="#seglosserrorcode-1" aria-label="Permalink to &quot;SegLossErrorCode&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>type SegLossErrorCode = &quot;SHAPE_MISMATCH&quot; | &quot;INVALID_TARGET&quot; | &quot;INVALID_OPTION&quot; | &quot;INVALID_PREDICTION&quot; | &quot;UNSUPPORTED&quot; | &quot;OUT_OF_MEMORY&quot; | &quot;DISPOSED&quot; | &quot;WORKER_LOST&quot;;</span></span></code></pre></div><h3 id="createpool" tabindex="-1">createPool <a class="header-anchor" href="#createpool" aria-label="Permalink to &quot;createPool&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>function createPool(options?: PoolOptions): Promise&lt;Pool&gt;;</span></span></code></pre></div><h2 id="segloss-masks" tabindex="-1">segloss/masks <a class="header-anchor" href="#segloss-masks" aria-label="Permalink to &quot;segloss/masks&quot;">​</a></h2><h3 id="canvaslike" tabindex="-1">CanvasLike <a class="header-anchor" href="#canvaslike" aria-label="Permalink to &quot;CanvasLike&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface CanvasLike {</span></span>
<span class="line"><span>    readonly width: number;</span></span>
<span class="line"><span>    readonly height: number;</span></span>
<span class="line"><span>    getContext(kind: &quot;2d&quot;): {</span></span>
<span class="line"><span>        getImageData(x: number, y: number, width: number, height: number): ImageLike;</span></span>
<span class="line"><span>    } | null;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="color" tabindex="-1">Color <a class="header-anchor" href="#color" aria-label="Permalink to &quot;Color&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>type Color = readonly number[] | string;</span></span></code></pre></div><h3 id="imagefromlabelsoptions" tabindex="-1">ImageFromLabelsOptions <a class="header-anchor" href="#imagefromlabelsoptions" aria-label="Permalink to &quot;ImageFromLabelsOptions&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface ImageFromLabelsOptions {</span></span>
<span class="line"><span>    readonly palette: Palette;</span></span>
<span class="line"><span>    readonly unknown?: Color;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="imagelike" tabindex="-1">ImageLike <a class="header-anchor" href="#imagelike" aria-label="Permalink to &quot;ImageLike&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface ImageLike {</span></span>
<span class="line"><span>    readonly data: Uint8ClampedArray | Uint8Array | Uint16Array;</span></span>
<span class="line"><span>    readonly width: number;</span></span>
<span class="line"><span>    readonly height: number;</span></span>
<span class="line"><span>    readonly channels?: number;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="labelmap" tabindex="-1">LabelMap <a class="header-anchor" href="#labelmap" aria-label="Permalink to &quot;LabelMap&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface LabelMap&lt;Data extends Uint8Array | Uint16Array | Int32Array = Uint8Array | Uint16Array | Int32Array&gt; {</span></span>
<span class="line"><span>    readonly data: Data;</span></span>
<span class="line"><span>    readonly shape: readonly [</span></span>
<span class="line"><span>        number,</span></span>
<span class="line"><span>        number,</span></span>
<span class="line"><span>        number</span></span>
<span class="line"><span>    ];</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="labelnames-1" tabindex="-1">LabelNames <a class="header-anchor" href="#labelnames-1" aria-label="Permalink to &quot;LabelNames&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>type LabelNames = Readonly&lt;Record&lt;number, number&gt;&gt;;</span></span></code></pre></div><h3 id="labelregions-1" tabindex="-1">LabelRegions <a class="header-anchor" href="#labelregions-1" aria-label="Permalink to &quot;LabelRegions&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>type LabelRegions = readonly (readonly number[])[];</span></span></code></pre></div><h3 id="labelsfromimageoptions" tabindex="-1">LabelsFromImageOptions <a class="header-anchor" href="#labelsfromimageoptions" aria-label="Permalink to &quot;LabelsFromImageOptions&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>type LabelsFromImageOptions = {</span></span>
<span class="line"><span>    readonly palette: Palette;</span></span>
<span class="line"><span>    readonly unknown?: number;</span></span>
<span class="line"><span>    readonly nearest?: boolean;</span></span>
<span class="line"><span>} | {</span></span>
<span class="line"><span>    readonly alpha: number;</span></span>
<span class="line"><span>} | {</span></span>
<span class="line"><span>    readonly channel: number;</span></span>
<span class="line"><span>    readonly threshold?: number;</span></span>
<span class="line"><span>};</span></span></code></pre></div><h3 id="labelsfromrlesoptions" tabindex="-1">LabelsFromRlesOptions <a class="header-anchor" href="#labelsfromrlesoptions" aria-label="Permalink to &quot;LabelsFromRlesOptions&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface LabelsFromRlesOptions {</span></span>
<span class="line"><span>    readonly labels?: Readonly&lt;Record&lt;number, number&gt;&gt;;</span></span>
<span class="line"><span>    readonly background?: number;</span></span>
<span class="line"><span>    readonly overlap?: &quot;last&quot; | &quot;error&quot;;</span></span>
<span class="line"><span>    readonly size?: readonly number[];</span></span>
<span class="line"><span>    readonly rings?: PolygonOptions[&quot;rings&quot;];</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="palette" tabindex="-1">Palette <a class="header-anchor" href="#palette" aria-label="Permalink to &quot;Palette&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>type Palette = readonly (Color | readonly Color[])[] | Readonly&lt;Record&lt;number, Color | readonly Color[]&gt;&gt; | PaletteName;</span></span></code></pre></div><h3 id="palettename" tabindex="-1">PaletteName <a class="header-anchor" href="#palettename" aria-label="Permalink to &quot;PaletteName&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>type PaletteName = &quot;voc&quot; | &quot;cityscapes&quot;;</span></span></code></pre></div><h3 id="picturelike" tabindex="-1">PictureLike <a class="header-anchor" href="#picturelike" aria-label="Permalink to &quot;PictureLike&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>type PictureLike = {</span></span>
<span class="line"><span>    readonly naturalWidth: number;</span></span>
<span class="line"><span>    readonly naturalHeight: number;</span></span>
<span class="line"><span>} | {</span></span>
<span class="line"><span>    readonly videoWidth: number;</span></span>
<span class="line"><span>    readonly videoHeight: number;</span></span>
<span class="line"><span>} | {</span></span>
<span class="line"><span>    readonly displayWidth: number;</span></span>
<span class="line"><span>    readonly displayHeight: number;</span></span>
<span class="line"><span>} | {</span></span>
<span class="line"><span>    readonly width: number;</span></span>
<span class="line"><span>    readonly height: number;</span></span>
<span class="line"><span>    close(): void;</span></span>
<span class="line"><span>};</span></span></code></pre></div><h3 id="polygonoptions" tabindex="-1">PolygonOptions <a class="header-anchor" href="#polygonoptions" aria-label="Permalink to &quot;PolygonOptions&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface PolygonOptions {</span></span>
<span class="line"><span>    readonly size: readonly number[];</span></span>
<span class="line"><span>    readonly rings?: &quot;union&quot; | &quot;evenOdd&quot;;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="polygons" tabindex="-1">Polygons <a class="header-anchor" href="#polygons" aria-label="Permalink to &quot;Polygons&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>type Polygons = readonly ArrayLike&lt;number&gt;[];</span></span></code></pre></div><h3 id="regionmasks-1" tabindex="-1">RegionMasks <a class="header-anchor" href="#regionmasks-1" aria-label="Permalink to &quot;RegionMasks&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface RegionMasks {</span></span>
<span class="line"><span>    readonly data: Float32Array;</span></span>
<span class="line"><span>    readonly shape: readonly number[];</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="regionoptions-1" tabindex="-1">RegionOptions <a class="header-anchor" href="#regionoptions-1" aria-label="Permalink to &quot;RegionOptions&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface RegionOptions {</span></span>
<span class="line"><span>    readonly layout?: &quot;channelsFirst&quot; | &quot;channelsLast&quot;;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="remapoptions-1" tabindex="-1">RemapOptions <a class="header-anchor" href="#remapoptions-1" aria-label="Permalink to &quot;RemapOptions&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface RemapOptions {</span></span>
<span class="line"><span>    readonly others?: &quot;keep&quot; | number;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="remappedlabels-1" tabindex="-1">RemappedLabels <a class="header-anchor" href="#remappedlabels-1" aria-label="Permalink to &quot;RemappedLabels&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface RemappedLabels {</span></span>
<span class="line"><span>    readonly data: Uint8Array | Uint16Array | Int32Array;</span></span>
<span class="line"><span>    readonly shape: readonly number[];</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="rgbaimage" tabindex="-1">RgbaImage <a class="header-anchor" href="#rgbaimage" aria-label="Permalink to &quot;RgbaImage&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>type RgbaImage = ReturnType&lt;typeof imageFromLabels&gt;;</span></span></code></pre></div><h3 id="rle" tabindex="-1">Rle <a class="header-anchor" href="#rle" aria-label="Permalink to &quot;Rle&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface Rle&lt;Counts extends RleCounts = RleCounts&gt; {</span></span>
<span class="line"><span>    readonly size: readonly number[];</span></span>
<span class="line"><span>    readonly counts: Counts;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="rleannotation" tabindex="-1">RleAnnotation <a class="header-anchor" href="#rleannotation" aria-label="Permalink to &quot;RleAnnotation&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface RleAnnotation {</span></span>
<span class="line"><span>    readonly segmentation: Rle | Polygons;</span></span>
<span class="line"><span>    readonly category_id: number;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="rlecounts" tabindex="-1">RleCounts <a class="header-anchor" href="#rlecounts" aria-label="Permalink to &quot;RleCounts&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>type RleCounts = string | readonly number[] | Uint8Array | Runs;</span></span></code></pre></div><h3 id="decodepolygons" tabindex="-1">decodePolygons <a class="header-anchor" href="#decodepolygons" aria-label="Permalink to &quot;decodePolygons&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>function decodePolygons(polygons: Polygons, options: PolygonOptions): LabelMap&lt;Uint8Array&gt;;</span></span></code></pre></div><h3 id="decoderle" tabindex="-1">decodeRle <a class="header-anchor" href="#decoderle" aria-label="Permalink to &quot;decodeRle&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>function decodeRle(rle: Rle): LabelMap&lt;Uint8Array&gt;;</span></span></code></pre></div><h3 id="encoderle" tabindex="-1">encodeRle <a class="header-anchor" href="#encoderle" aria-label="Permalink to &quot;encodeRle&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>function encodeRle(mask: TensorLike, options?: {</span></span>
<span class="line"><span>    readonly compressed?: true;</span></span>
<span class="line"><span>}): Rle&lt;string&gt;;</span></span>
<span class="line"><span>function encodeRle(mask: TensorLike, options: {</span></span>
<span class="line"><span>    readonly compressed: false;</span></span>
<span class="line"><span>}): Rle&lt;readonly number[]&gt;;</span></span>
<span class="line"><span>function encodeRle(mask: TensorLike, options?: {</span></span>
<span class="line"><span>    readonly compressed?: boolean;</span></span>
<span class="line"><span>}): Rle;</span></span></code></pre></div><h3 id="imagefromlabels" tabindex="-1">imageFromLabels <a class="header-anchor" href="#imagefromlabels" aria-label="Permalink to &quot;imageFromLabels&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>function imageFromLabels(labels: TensorLike, options: ImageFromLabelsOptions): {</span></span>
<span class="line"><span>    data: Uint8ClampedArray&lt;ArrayBuffer&gt;;</span></span>
<span class="line"><span>    width: number;</span></span>
<span class="line"><span>    height: number;</span></span>
<span class="line"><span>};</span></span></code></pre></div><h3 id="labelsfromimage" tabindex="-1">labelsFromImage <a class="header-anchor" href="#labelsfromimage" aria-label="Permalink to &quot;labelsFromImage&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>function labelsFromImage(image: ImageLike | CanvasLike | PictureLike, options: LabelsFromImageOptions): LabelMap;</span></span></code></pre></div><h3 id="labelsfromrles" tabindex="-1">labelsFromRles <a class="header-anchor" href="#labelsfromrles" aria-label="Permalink to &quot;labelsFromRles&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>function labelsFromRles(annotations: readonly RleAnnotation[], options?: LabelsFromRlesOptions): LabelMap;</span></span></code></pre></div><h3 id="remap-1" tabindex="-1">remap <a class="header-anchor" href="#remap-1" aria-label="Permalink to &quot;remap&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>function remap(labels: TensorLike, map: LabelRegions, options?: RegionOptions): RegionMasks;</span></span>
<span class="line"><span>function remap(labels: TensorLike, map: LabelNames, options?: RemapOptions): RemappedLabels;</span></span></code></pre></div><h2 id="segloss-jax" tabindex="-1">segloss/jax <a class="header-anchor" href="#segloss-jax" aria-label="Permalink to &quot;segloss/jax&quot;">​</a></h2><h3 id="jax" tabindex="-1">Jax <a class="header-anchor" href="#jax" aria-label="Permalink to &quot;Jax&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface Jax {</span></span>
<span class="line"><span>    readonly vjp: (f: never, primals: never) =&gt; unknown;</span></span>
<span class="line"><span>    readonly numpy: {</span></span>
<span class="line"><span>        readonly array: (values: never, options?: never) =&gt; unknown;</span></span>
<span class="line"><span>    };</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="jaxarray" tabindex="-1">JaxArray <a class="header-anchor" href="#jaxarray" aria-label="Permalink to &quot;JaxArray&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface JaxArray {</span></span>
<span class="line"><span>    readonly shape: readonly number[];</span></span>
<span class="line"><span>    readonly dtype: string;</span></span>
<span class="line"><span>    readonly device: string;</span></span>
<span class="line"><span>    data(): Promise&lt;ArrayLike&lt;number&gt;&gt;;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="losscotangent" tabindex="-1">LossCotangent <a class="header-anchor" href="#losscotangent" aria-label="Permalink to &quot;LossCotangent&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface LossCotangent&lt;A extends JaxArray&gt; {</span></span>
<span class="line"><span>    readonly value: number;</span></span>
<span class="line"><span>    readonly cotangent: A;</span></span>
<span class="line"><span>    readonly grads: Readonly&lt;Record&lt;string, Float32Array&gt;&gt;;</span></span>
<span class="line"><span>    readonly pred: {</span></span>
<span class="line"><span>        readonly data: ArrayLike&lt;number&gt;;</span></span>
<span class="line"><span>        readonly shape: readonly number[];</span></span>
<span class="line"><span>    };</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="lossinputs" tabindex="-1">LossInputs <a class="header-anchor" href="#lossinputs" aria-label="Permalink to &quot;LossInputs&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface LossInputs {</span></span>
<span class="line"><span>    readonly loss: AnyLoss;</span></span>
<span class="line"><span>    readonly target: Target | PoolTarget;</span></span>
<span class="line"><span>    readonly extra?: Extra;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="modelinputs" tabindex="-1">ModelInputs <a class="header-anchor" href="#modelinputs" aria-label="Permalink to &quot;ModelInputs&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface ModelInputs&lt;P, A extends JaxArray&gt; extends LossInputs {</span></span>
<span class="line"><span>    readonly model: (params: P) =&gt; A;</span></span>
<span class="line"><span>    readonly params: P;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="valueandgradofmodel" tabindex="-1">ValueAndGradOfModel <a class="header-anchor" href="#valueandgradofmodel" aria-label="Permalink to &quot;ValueAndGradOfModel&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface ValueAndGradOfModel&lt;P&gt; extends Pick&lt;LossCotangent&lt;JaxArray&gt;, &quot;value&quot; | &quot;grads&quot; | &quot;pred&quot;&gt; {</span></span>
<span class="line"><span>    readonly grad: P;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="losscotangent-1" tabindex="-1">lossCotangent <a class="header-anchor" href="#losscotangent-1" aria-label="Permalink to &quot;lossCotangent&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>function lossCotangent&lt;A extends JaxArray&gt;(jax: Jax, output: A, { loss, target, extra }: LossInputs): Promise&lt;LossCotangent&lt;A&gt;&gt;;</span></span></code></pre></div><h3 id="valueandgrad-1" tabindex="-1">valueAndGrad <a class="header-anchor" href="#valueandgrad-1" aria-label="Permalink to &quot;valueAndGrad&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>function valueAndGrad&lt;P, A extends JaxArray&gt;(jax: Jax, { model, params, ...inputs }: ModelInputs&lt;P, A&gt;): Promise&lt;ValueAndGradOfModel&lt;P&gt;&gt;;</span></span></code></pre></div><h2 id="segloss-tfjs" tabindex="-1">segloss/tfjs <a class="header-anchor" href="#segloss-tfjs" aria-label="Permalink to &quot;segloss/tfjs&quot;">​</a></h2><h3 id="anyloss" tabindex="-1">AnyLoss <a class="header-anchor" href="#anyloss" aria-label="Permalink to &quot;AnyLoss&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface AnyLoss {</span></span>
<span class="line"><span>    readonly name: string;</span></span>
<span class="line"><span>    readonly options: Readonly&lt;Record&lt;string, unknown&gt;&gt;;</span></span>
<span class="line"><span>    valueAndGrad(pred: TensorLike, target: never, extra?: never): ValueAndGrad | Promise&lt;ValueAndGrad&gt;;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="lossfunction" tabindex="-1">LossFunction <a class="header-anchor" href="#lossfunction" aria-label="Permalink to &quot;LossFunction&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>type LossFunction&lt;S&gt; = (yTrue: TfTensor, yPred: TfTensor) =&gt; S;</span></span></code></pre></div><h3 id="metricfunction" tabindex="-1">MetricFunction <a class="header-anchor" href="#metricfunction" aria-label="Permalink to &quot;MetricFunction&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>type MetricFunction&lt;S&gt; = (yTrue: TfTensor, yPred: TfTensor) =&gt; S;</span></span></code></pre></div><h3 id="onehot" tabindex="-1">OneHot <a class="header-anchor" href="#onehot" aria-label="Permalink to &quot;OneHot&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface OneHot {</span></span>
<span class="line"><span>    readonly oneHot?: boolean;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="tensorflow" tabindex="-1">TensorFlow <a class="header-anchor" href="#tensorflow" aria-label="Permalink to &quot;TensorFlow&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface TensorFlow&lt;T extends TfTensor, S extends TfTensor&gt; {</span></span>
<span class="line"><span>    scalar(value: number): S;</span></span>
<span class="line"><span>    tensor(values: Float32Array, shape: number[]): T;</span></span>
<span class="line"><span>    clone(x: T): T;</span></span>
<span class="line"><span>    add(a: T, b: T): T;</span></span>
<span class="line"><span>    mul(a: T, b: T): T;</span></span>
<span class="line"><span>    sum(x: T): T;</span></span>
<span class="line"><span>    tidy(work: () =&gt; T): T;</span></span>
<span class="line"><span>    customGrad(f: () =&gt; {</span></span>
<span class="line"><span>        value: T;</span></span>
<span class="line"><span>        gradFunc: (dy: T) =&gt; T;</span></span>
<span class="line"><span>    }): (x: T) =&gt; T;</span></span>
<span class="line"><span>    variableGrads(f: () =&gt; S): {</span></span>
<span class="line"><span>        value: S;</span></span>
<span class="line"><span>        grads: Record&lt;string, T&gt;;</span></span>
<span class="line"><span>    };</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="tftensor" tabindex="-1">TfTensor <a class="header-anchor" href="#tftensor" aria-label="Permalink to &quot;TfTensor&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface TfTensor {</span></span>
<span class="line"><span>    readonly shape: readonly number[];</span></span>
<span class="line"><span>    readonly dtype: string;</span></span>
<span class="line"><span>    dataSync(): unknown;</span></span>
<span class="line"><span>    data(): Promise&lt;unknown&gt;;</span></span>
<span class="line"><span>    dispose(): void;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="trainstep" tabindex="-1">TrainStep <a class="header-anchor" href="#trainstep" aria-label="Permalink to &quot;TrainStep&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface TrainStep&lt;T extends TfTensor, X&gt; extends OneHot {</span></span>
<span class="line"><span>    readonly model: TrainableModel&lt;T, X&gt;;</span></span>
<span class="line"><span>    readonly optimizer: {</span></span>
<span class="line"><span>        applyGradients(grads: never): void;</span></span>
<span class="line"><span>    };</span></span>
<span class="line"><span>    readonly loss: AnyLoss;</span></span>
<span class="line"><span>    readonly xs: X;</span></span>
<span class="line"><span>    readonly target: Target | PoolTarget | TfTensor;</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="trainablemodel" tabindex="-1">TrainableModel <a class="header-anchor" href="#trainablemodel" aria-label="Permalink to &quot;TrainableModel&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>interface TrainableModel&lt;T extends TfTensor, X&gt; extends Layer {</span></span>
<span class="line"><span>    apply(xs: X, options: {</span></span>
<span class="line"><span>        training: boolean;</span></span>
<span class="line"><span>    }): unknown;</span></span>
<span class="line"><span>    readonly nonTrainableWeights?: readonly Weight&lt;T&gt;[];</span></span>
<span class="line"><span>    calculateLosses?(): T[];</span></span>
<span class="line"><span>}</span></span></code></pre></div><h3 id="toloss" tabindex="-1">toLoss <a class="header-anchor" href="#toloss" aria-label="Permalink to &quot;toLoss&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>function toLoss&lt;T extends TfTensor, S extends TfTensor&gt;(tf: TensorFlow&lt;T, S&gt;, loss: Loss, { oneHot }?: OneHot): LossFunction&lt;S&gt;;</span></span></code></pre></div><h3 id="tometric" tabindex="-1">toMetric <a class="header-anchor" href="#tometric" aria-label="Permalink to &quot;toMetric&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>function toMetric&lt;O extends object, S extends TfTensor&gt;(tf: {</span></span>
<span class="line"><span>    scalar(value: number): S;</span></span>
<span class="line"><span>}, metric: (pred: TensorLike, target: TensorLike, options?: O) =&gt; MetricResult, options?: O &amp; OneHot): MetricFunction&lt;S&gt;;</span></span></code></pre></div><h3 id="trainstep-1" tabindex="-1">trainStep <a class="header-anchor" href="#trainstep-1" aria-label="Permalink to &quot;trainStep&quot;">​</a></h3><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>function trainStep&lt;T extends TfTensor, S extends TfTensor, X&gt;(tf: TensorFlow&lt;T, S&gt;, { model, optimizer, loss, xs, target, oneHot }: TrainStep&lt;T, X&gt;): Promise&lt;number&gt;;</span></span></code></pre></div></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add("api.md");
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const api = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export {
  __pageData,
  api as default
};
