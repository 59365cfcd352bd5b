"""A parameter that counts as unused, or a number of instances that is not that of the run."""

from maestro_spec.lint.analysis import analyse
from maestro_spec.model.study import Column, Env, Factor, Step, Study, Variable


def study_of(case):
    columns = tuple(Column(name, values=("1", "2")) for name in case["parameters"])
    return Study(
        name="s",
        description="",
        steps=tuple(
            Step(each["name"], "", each["command"], depends=tuple(each["depends"]))
            for each in case["steps"]
        ),
        env=Env(variables=tuple(Variable(*each) for each in case["variables"])),
        parameters=(Factor(columns=columns),) if columns else (),
    )


def test_what_a_step_uses_and_waits_for_is_that_of_the_vectors(vectors):
    assert vectors("step_links")["studies"]
    for case in vectors("step_links")["studies"]:
        found = analyse(study_of(case), None)
        for step in case["steps"]:
            links = found.links[step["name"]]
            assert sorted(found.used[step["name"]]) == step["uses"], case["what"]
            assert sorted({*links.plain, *links.implied}) == step["waits"], case["what"]
            assert sorted(links.funnels) == step["waits_for_all"], case["what"]
