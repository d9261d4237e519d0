/** One adapter per pool; each keeps the promises of {@link dev.tidepool.bench.Terms}. */
@NullMarked
package dev.tidepool.bench.contenders;

import org.jspecify.annotations.NullMarked;
