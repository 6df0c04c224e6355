import java.io.File;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/**
 * Lists the tests that Surefire's reports call skipped in every run. Fails if one of them needs huge pages or gives no
 * reason. Arguments: a directory of reports for each run.
 */
class SkippedTests {

    private static final Pattern HUGE_PAGES = Pattern.compile("(?i)huge|pool|thp|pmd|pagemap|collapse");

    private static final Map<String, String> SKIPPED = new TreeMap<>();

    void main(String[] directories) throws Exception {
        int ran = 0;
        for (String directory : directories) {
            File[] reports = new File(directory).listFiles();
            for (File report : reports == null ? new File[0] : reports) {
                ran += read(report);
            }
        }
        SKIPPED.values().removeIf(RAN::equals);
        SKIPPED.forEach((test, reason) -> IO.println("skipped in every run: " + test + ": " + reason));
        List<String> failures = SKIPPED.entrySet().stream()
                .filter(entry -> entry.getValue().isEmpty()
                        || HUGE_PAGES.matcher(entry.getKey() + entry.getValue()).find())
                .map(Map.Entry::getKey)
                .toList();
        IO.println(ran + " test results, " + SKIPPED.size() + " tests skipped in every run, " + failures.size()
                + " of them need huge pages or give no reason");
        System.exit(ran == 0 || !failures.isEmpty() ? 1 : 0);
    }

    private static final String RAN = "ran";

    private static int read(File report) throws Exception {
        NodeList tests = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(report)
                .getElementsByTagName("testcase");
        for (int i = 0; i < tests.getLength(); i++) {
            Element test = (Element) tests.item(i);
            Node skipped = test.getElementsByTagName("skipped").item(0);
            String result = skipped == null ? RAN : ((Element) skipped).getAttribute("message");
            SKIPPED.merge(test.getAttribute("classname") + "." + test.getAttribute("name"), result,
                    (one, other) -> one.equals(RAN) ? RAN : other);
        }
        return tests.getLength();
    }
}
