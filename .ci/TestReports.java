import java.io.File;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * Lists, from Surefire's reports, the tests that failed in a run and the tests that every run skipped. Fails if there
 * are no results, if a test failed, or if a test that every run skipped gives no reason or seems to need huge pages by
 * its name or reason. Arguments: a directory of reports for each run.
 */
class TestReports {

    private static final Pattern HUGE_PAGES = Pattern.compile("(?i)huge|pool|thp|pmd|pagemap|collapse");
    private static final String RAN = "ran";

    private final Map<String, String> skipped = new TreeMap<>();
    private final List<String> failed = new ArrayList<>();
    private int results;

    void main(String[] directories) throws Exception {
        for (String directory : directories) {
            File[] reports = new File(directory).listFiles();
            for (File report : reports == null ? new File[0] : reports) {
                read(report);
            }
        }
        skipped.values().removeIf(RAN::equals);
        skipped.forEach((test, reason) -> IO.println("skipped in every run: " + test + ": " + reason));
        failed.forEach(failure -> IO.println("failed: " + failure));
        long wrongly = skipped.entrySet().stream()
                .filter(entry -> entry.getValue().isEmpty()
                        || HUGE_PAGES.matcher(entry.getKey() + entry.getValue()).find())
                .count();
        IO.println(results + " test results, " + failed.size() + " failed, " + skipped.size()
                + " tests skipped in every run, " + wrongly + " of them need huge pages or give no reason");
        System.exit(results == 0 || wrongly > 0 || !failed.isEmpty() ? 1 : 0);
    }

    private void read(File report) throws Exception {
        NodeList tests = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(report)
                .getElementsByTagName("testcase");
        for (int i = 0; i < tests.getLength(); i++) {
            Element test = (Element) tests.item(i);
            String name = test.getAttribute("classname") + "." + test.getAttribute("name");
            String result = children(test, "skipped").map(reason -> reason.getAttribute("message"))
                    .findFirst().orElse(RAN);
            skipped.merge(name, result, (one, other) -> one.equals(RAN) ? RAN : other);
            Stream.concat(children(test, "failure"), children(test, "error")).forEach(failure ->
                    failed.add(report.getParentFile().getName() + ": " + name + "\n"
                            + failure.getTextContent().strip().lines().limit(8).collect(Collectors.joining("\n"))));
        }
        results += tests.getLength();
    }

    private static Stream<Element> children(Element parent, String name) {
        NodeList found = parent.getElementsByTagName(name);
        return Stream.iterate(0, i -> i < found.getLength(), i -> i + 1).map(i -> (Element) found.item(i));
    }
}
