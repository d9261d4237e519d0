package dev.tidepool.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketOption;
import java.nio.channels.SocketChannel;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Addresses and options of a socket over a channel; what is read and written is left to others. */
// The adaptor's methods are safe for several threads, and close() must not wait for any of them.
@SuppressWarnings("UnsynchronizedOverridesSynchronized")
abstract class ChannelSocket extends Socket {
  final SocketChannel channel;

  /** Asks and sets everything but data and modes; usable while the channel is non-blocking. */
  final Socket adaptor;

  private volatile int soTimeout;

  ChannelSocket(SocketChannel channel) throws SocketException {
    // No implementation of the JDK's: each method that would use it is overridden.
    super((SocketImpl) null);
    this.channel = channel;
    this.adaptor = channel.socket();
  }

  final void checkOpen() throws SocketException {
    if (isClosed()) {
      throw new SocketException("Socket is closed");
    }
  }

  @Override
  public void bind(@Nullable SocketAddress local) throws IOException {
    checkOpen();
    adaptor.bind(local);
  }

  /** Null: the channel is non-blocking, which nobody who asked for it would expect. */
  @Override
  public @Nullable SocketChannel getChannel() {
    return null;
  }

  @Override
  public @Nullable InetAddress getInetAddress() {
    return adaptor.getInetAddress();
  }

  @Override
  public InetAddress getLocalAddress() {
    return adaptor.getLocalAddress();
  }

  @Override
  public int getPort() {
    return adaptor.getPort();
  }

  @Override
  public int getLocalPort() {
    return adaptor.getLocalPort();
  }

  @Override
  public @Nullable SocketAddress getRemoteSocketAddress() {
    return adaptor.getRemoteSocketAddress();
  }

  @Override
  public @Nullable SocketAddress getLocalSocketAddress() {
    return adaptor.getLocalSocketAddress();
  }

  @Override
  public boolean isBound() {
    return adaptor.isBound();
  }

  @Override
  public boolean isClosed() {
    return !channel.isOpen();
  }

  @Override
  public boolean isInputShutdown() {
    return adaptor.isInputShutdown();
  }

  @Override
  public boolean isOutputShutdown() {
    return adaptor.isOutputShutdown();
  }

  @Override
  public void sendUrgentData(int data) throws IOException {
    checkOpen();
    adaptor.sendUrgentData(data);
  }

  @Override
  public void setSoTimeout(int timeout) throws SocketException {
    checkOpen();
    if (timeout < 0) {
      throw new IllegalArgumentException("timeout < 0: " + timeout);
    }
    soTimeout = timeout;
  }

  @Override
  public int getSoTimeout() throws SocketException {
    checkOpen();
    return soTimeout;
  }

  /** As {@link #getSoTimeout()}, of a closed socket too. */
  final int readTimeoutMillis() {
    return soTimeout;
  }

  @Override
  public void setTcpNoDelay(boolean on) throws SocketException {
    adaptor.setTcpNoDelay(on);
  }

  @Override
  public boolean getTcpNoDelay() throws SocketException {
    return adaptor.getTcpNoDelay();
  }

  @Override
  public void setSoLinger(boolean on, int linger) throws SocketException {
    if (on && linger < 0) {
      throw new IllegalArgumentException("linger < 0: " + linger);
    }
    adaptor.setSoLinger(on, linger);
  }

  @Override
  public int getSoLinger() throws SocketException {
    return adaptor.getSoLinger();
  }

  @Override
  public void setOOBInline(boolean on) throws SocketException {
    adaptor.setOOBInline(on);
  }

  @Override
  public boolean getOOBInline() throws SocketException {
    return adaptor.getOOBInline();
  }

  @Override
  public void setSendBufferSize(int size) throws SocketException {
    adaptor.setSendBufferSize(size);
  }

  @Override
  public int getSendBufferSize() throws SocketException {
    return adaptor.getSendBufferSize();
  }

  @Override
  public void setReceiveBufferSize(int size) throws SocketException {
    adaptor.setReceiveBufferSize(size);
  }

  @Override
  public int getReceiveBufferSize() throws SocketException {
    return adaptor.getReceiveBufferSize();
  }

  @Override
  public void setKeepAlive(boolean on) throws SocketException {
    adaptor.setKeepAlive(on);
  }

  @Override
  public boolean getKeepAlive() throws SocketException {
    return adaptor.getKeepAlive();
  }

  @Override
  public void setTrafficClass(int tc) throws SocketException {
    adaptor.setTrafficClass(tc);
  }

  @Override
  public int getTrafficClass() throws SocketException {
    return adaptor.getTrafficClass();
  }

  @Override
  public void setReuseAddress(boolean on) throws SocketException {
    adaptor.setReuseAddress(on);
  }

  @Override
  public boolean getReuseAddress() throws SocketException {
    return adaptor.getReuseAddress();
  }

  @Override
  public <T> Socket setOption(SocketOption<T> name, T value) throws IOException {
    checkOpen();
    adaptor.setOption(name, value);
    return this;
  }

  @Override
  public <T> T getOption(SocketOption<T> name) throws IOException {
    checkOpen();
    return adaptor.getOption(name);
  }

  @Override
  public Set<SocketOption<?>> supportedOptions() {
    return adaptor.supportedOptions();
  }

  @Override
  public String toString() {
    return isConnected()
        ? "PoolSocket[" + getLocalSocketAddress() + " -> " + getRemoteSocketAddress() + "]"
        : "PoolSocket[unconnected]";
  }
}
