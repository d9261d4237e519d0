package dev.tidepool.internal.connect;

import java.nio.channels.SocketChannel;
import java.sql.Connection;
import org.jspecify.annotations.Nullable;

/**
 * One connection of the driver, with what the pool knows of it.
 *
 * @param connection the driver's object
 * @param defaults state to which it is reset after each borrower
 * @param cutOff closes the raw socket under the driver, past its locks and past TLS, and does not
 *     block; null if the pool cannot reach it
 * @param channel the channel of its socket, for a selector to watch; null if there is none
 * @param tcpKeepAlive what is known of TCP keepalive on its socket; null if there is no socket
 * @param requestBoundaries whether the driver implements {@code beginRequest} and {@code
 *     endRequest}
 */
public record PhysicalConnection(
    Connection connection,
    SessionDefaults defaults,
    @Nullable Runnable cutOff,
    @Nullable SocketChannel channel,
    @Nullable String tcpKeepAlive,
    boolean requestBoundaries) {}
