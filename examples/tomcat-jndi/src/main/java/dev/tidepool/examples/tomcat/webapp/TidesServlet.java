package dev.tidepool.examples.tomcat.webapp;

import dev.tidepool.api.PoolStats;
import dev.tidepool.api.Tidepool;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.naming.InitialContext;
import javax.naming.NamingException;
import javax.sql.DataSource;

/** Answers with the high waters that the database knows. */
public final class TidesServlet extends HttpServlet {
  private static final long serialVersionUID = 1L;
  private static final String QUERY = "select harbour, high_water from tide order by high_water";

  private transient DataSource dataSource;

  /** For Tomcat. */
  public TidesServlet() {}

  @Override
  @SuppressWarnings("BanJNDI") // the name is this application's own, not one from a request
  public void init() throws ServletException {
    try {
      dataSource = InitialContext.doLookup("java:comp/env/jdbc/tides");
    } catch (NamingException e) {
      throw new ServletException("META-INF/context.xml does not supply jdbc/tides", e);
    }
  }

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws ServletException, IOException {
    StringBuilder answer = new StringBuilder();
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement();
        ResultSet tides = statement.executeQuery(QUERY)) {
      while (tides.next()) {
        answer.append(tides.getString(1)).append(" has high water at ").append(tides.getString(2));
        answer.append('\n');
      }
      PoolStats stats = dataSource.unwrap(Tidepool.class).stats();
      answer.append("(pool ").append(stats.poolName()).append(": ");
      answer.append(stats.active()).append(" active, ").append(stats.total()).append(" open)\n");
    } catch (SQLException e) {
      throw new ServletException(e);
    }
    response.setContentType("text/plain;charset=UTF-8");
    response.getWriter().print(answer);
  }
}
