/** Results as files: JSON, Markdown, SVG; and what they say about the promises. */
@NullMarked
package dev.tidepool.bench.faults.report;

import org.jspecify.annotations.NullMarked;
