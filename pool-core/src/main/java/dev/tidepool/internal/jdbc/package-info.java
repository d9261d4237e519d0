/** What the borrower holds: the JDBC objects in front of the driver's own. */
@NullMarked
package dev.tidepool.internal.jdbc;

import org.jspecify.annotations.NullMarked;
