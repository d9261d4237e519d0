/**
 * The pool as a {@link javax.sql.DataSource}: what an application creates, configures and closes.
 */
@NullMarked
package dev.tidepool;

import org.jspecify.annotations.NullMarked;
