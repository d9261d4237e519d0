package dev.tidepool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.config.Property;
import dev.tidepool.config.PropertyTable;
import dev.tidepool.observe.PoolJmx;
import dev.tidepool.testing.NoopDataSource;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanInfo;
import javax.management.MBeanOperationInfo;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;

/** A console shows what each attribute and operation means. */
class JmxTextsTest {
  private static final Path SOURCE =
      Path.of("src", "main", "java", "dev", "tidepool", "api", "PoolMXBean.java");

  private static final Pattern DECLARATION =
      Pattern.compile("/\\*\\* ([^/]*?) ?\\*/\\s+\\w+ (?:get)?(\\w+)\\(");

  private static MBeanInfo info() throws Exception {
    try (TidepoolDataSource pool = new TidepoolDataSource()) {
      pool.setDataSource(new NoopDataSource());
      pool.setPoolName("texts");
      pool.setRegisterMbeans(true);
      pool.getConnection().close();
      return ManagementFactory.getPlatformMBeanServer()
          .getMBeanInfo(new ObjectName(PoolJmx.nameOf("texts")));
    }
  }

  /** The comment of each method that is no setter, under the name of what it stands for. */
  private static Map<String, String> comments() throws Exception {
    Map<String, String> comments = new HashMap<>();
    Matcher found = DECLARATION.matcher(Files.readString(SOURCE));
    while (found.find()) {
      String text = found.group(1).replaceAll("\\{@\\w+ ([^}]*)}", "$1");
      comments.put(found.group(2), text.replaceAll("\\s+\\*\\s+", " "));
    }
    return comments;
  }

  private static Property<?> property(String attribute) {
    return PropertyTable.find(
        attribute.substring(0, 1).toLowerCase(Locale.ROOT) + attribute.substring(1));
  }

  @Test
  void attributes_sayWhatTheirPropertyOrTheirCommentSays() throws Exception {
    Map<String, String> comments = comments();
    for (MBeanAttributeInfo attribute : info().getAttributes()) {
      String name = attribute.getName();
      if (attribute.isWritable()) {
        assertThat(attribute.getDescription())
            .as(name)
            .startsWith(property(name).documentation())
            .contains(property(name).rule(), "default " + property(name).defaultText());
      } else {
        assertThat(attribute.getDescription()).as(name).isNotNull().isEqualTo(comments.get(name));
      }
    }
  }

  @Test
  void operations_sayWhatTheirCommentSays_andThatTheyAct() throws Exception {
    Map<String, String> comments = comments();
    MBeanInfo info = info();
    assertThat(info.getDescription()).contains("connection pool", "milliseconds");
    assertThat(info.getOperations()).hasSize(3);
    for (MBeanOperationInfo operation : info.getOperations()) {
      assertThat(operation.getDescription())
          .as(operation.getName())
          .isNotNull()
          .isEqualTo(comments.get(operation.getName()));
      assertThat(operation.getImpact()).isEqualTo(MBeanOperationInfo.ACTION);
    }
  }
}
