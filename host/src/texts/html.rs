//! HTML that people bring: pruned, sanitised, and read into blocks.

use std::{collections::HashSet, sync::LazyLock};

use ammonia::Builder;

use super::{TextError, draft::Draft, prune, walk};

/// Reads HTML of any kind.
pub(super) fn read(html: &str, draft: &mut Draft) -> Result<(), TextError> {
    read_pruned(&prune::prune(html), draft)
}

/// Reads HTML that `prune` has been through.
pub(super) fn read_pruned(html: &str, draft: &mut Draft) -> Result<(), TextError> {
    walk::read(&sanitise(html), draft)
}

fn sanitise(html: &str) -> String {
    SANITISER.clean(html).to_string()
}

/// Only the elements and attributes that `walk` reads; no address of any kind is left.
static SANITISER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let attributes = [
        ("ol", HashSet::from(["start", "type"])),
        ("li", HashSet::from(["value"])),
        ("sup", HashSet::from(["class"])),
        ("div", HashSet::from(["class", "data-speaker"])),
    ];
    let mut builder = Builder::empty();
    builder
        .tags(prune::names().collect())
        .clean_content_tags(HashSet::from(["script", "style"]))
        .tag_attributes(attributes.into_iter().collect())
        .url_schemes(HashSet::new())
        .link_rel(None)
        .strip_comments(true);
    builder
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_acts_or_loads_survives_the_sanitiser_even_without_the_pruning() {
        let hostile = [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "<a href='javascript:alert(1)' target=_blank>x</a>",
            "<form action=//evil><input name=p><button>x</button></form>",
            "<svg onload=alert(1)><a xlink:href='javascript:1'>x</a></svg>",
            "<iframe srcdoc='<script>1</script>'></iframe>",
            "<math><mi//xlink:href='data:x,<script>1</script>'>",
            "<p style='background:url(//evil)' onclick=x id=y>x</p>",
            "<link rel=stylesheet href=//evil><meta http-equiv=refresh content='0;url=//evil'><base href=//evil>",
            "<div data-x=1 class=footnote-definition contenteditable>x</div>",
            "<noscript><p title='</noscript><img src=x onerror=1>'>",
            "<svg></p><style><a title='</style><img src onerror=1>'>",
        ];
        for html in hostile {
            let clean = sanitise(html);
            for word in [
                "script", "onerror", "onload", "onclick", "href", "src", "style", "action", "evil",
                "<input", "data-x",
            ] {
                assert!(!clean.contains(word), "{html} became {clean}");
            }
        }
    }

    #[test]
    fn what_is_read_of_an_element_survives() {
        for html in [
            "<ol start=\"3\" type=\"a\"><li value=\"4\">x</li></ol>",
            "<sup class=\"footnote-reference\">1</sup>",
            "<div data-speaker=\"User\"></div>",
            "<table><tbody><tr><td>x</td></tr></tbody></table>",
            "<p>a<br>b</p><hr>",
        ] {
            assert_eq!(sanitise(html), html);
        }
    }
}
