from argotui.model.changes import Planned
from argotui.tui import forms
from tests.tui.fake_run import FakeRun, release


def approve_deploy():
    return release().state.nodes["release-7xk2p.approve-deploy"]


def test_the_form_asks_for_what_is_to_be_supplied():
    run = release()
    form = forms.form_for(approve_deploy(), run.info.source, run.outlook)
    assert form.words == ("Deploy 7f3a21 to production?",)
    environment, reason = form.fields
    assert environment.choices == ("staging", "production")
    assert environment.value == "production"
    assert environment.description == "where it goes"
    assert (reason.name, reason.value, reason.choices) == ("reason", "", ())
    assert form.then == "deploy, then notify"


def test_a_value_that_is_missing_is_named():
    form = forms.form_for(approve_deploy(), {})
    assert forms.missing(form, {"environment": "staging", "reason": ""}) == ("reason",)


def suspended(**fields):
    return FakeRun().make(".gate", kind="Suspend", template_name="gate", **fields)


def test_choices_may_come_as_json_in_the_value():
    node = suspended(
        inputs={"parameters": [{"name": "tag", "value": '{"enum": ["a", "b"], "default": "b"}'}]},
        outputs={"parameters": [{"name": "tag", "valueFrom": {"supplied": {}}}]},
    )
    (field,) = forms.form_for(node, {}).fields
    assert (field.choices, field.value) == (("a", "b"), "b")


def test_an_output_may_bring_its_own_default():
    node = suspended(
        outputs={"parameters": [{"name": "tag", "valueFrom": {"supplied": {}, "default": "v1"}}]}
    )
    (field,) = forms.form_for(node, {}).fields
    assert field.value == "v1"


def test_the_template_speaks_where_the_node_does_not():
    source = {
        "spec": {
            "templates": [
                {
                    "name": "gate",
                    "annotations": {
                        "workflows.argoproj.io/description": "Look first.\nThen say yes."
                    },
                    "outputs": {"parameters": [{"name": "who", "valueFrom": {"supplied": {}}}]},
                    "suspend": {},
                }
            ]
        }
    }
    form = forms.form_for(suspended(), source)
    assert form.words == ("Look first.", "Then say yes.")
    assert [field.name for field in form.fields] == ["who"]


def test_a_value_already_given_is_not_asked_for_again():
    node = suspended(
        outputs={"parameters": [{"name": "a", "value": "1", "valueFrom": {"supplied": {}}}]}
    )
    assert forms.form_for(node, {}).fields == ()


def test_a_plain_gate_asks_nothing():
    assert forms.form_for(suspended(), {}).fields == ()


def test_what_comes_then_is_cut_short():
    node = suspended()
    plans = tuple(
        Planned(name=f"x.{n}", display_name=f"n{n}", parent="x", after=("gate",)) for n in range(9)
    )
    assert forms.form_for(node, {}, {"x": plans}).then == "n0, n1, n2, n3 and 5 more"


def test_hostile_words_are_shown_not_obeyed():
    node = suspended(inputs={"parameters": [{"name": "message", "value": "yes?\x1b[2J\r\nno"}]})
    form = forms.form_for(node, {})
    assert all(word.isprintable() for word in form.words)
